"""What lies behind `balai.plan.workbook`: columns, cells, the safe opening of a file, comparing, writing.

package   bytes → a bounded zip that is really an .xlsx
scan      its XML → formulas, merged cells and too long sheets, with their places
grid      → rows of raw cells
cells     a raw cell → a value, or what would be right
standing  what the database holds, in the same words
parsing   rows → keys and fields by sheet
faults    what can be wrong with a row that can be read
check     file and database → what would change, and every fault
layout    rows → an .xlsx or .csv
"""
