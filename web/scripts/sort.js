// A click on a heading sorts a table[data-sort] that is whole on the page; data-value overrides the text of a cell.
function valueOf(cell) {
  const text = cell?.dataset.value ?? cell?.textContent.trim() ?? '';
  const number = Number(text);
  return text !== '' && Number.isFinite(number) ? number : text.toLocaleLowerCase('id');
}

function compare(one, other) {
  if (typeof one === typeof other) return one < other ? -1 : Number(one > other);
  return typeof one === 'number' ? -1 : 1;
}

function sortBy(table, column, heading) {
  const upwards = heading.getAttribute('aria-sort') !== 'ascending';
  for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
  heading.setAttribute('aria-sort', upwards ? 'ascending' : 'descending');
  const rows = [...table.tBodies[0].rows];
  rows.sort((one, other) => (upwards ? 1 : -1) * compare(valueOf(one.cells[column]), valueOf(other.cells[column])));
  table.tBodies[0].append(...rows);
}

export function sortTables() {
  for (const table of document.querySelectorAll('table[data-sort]')) {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      if (!heading.textContent.trim()) return;
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'sort';
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener('click', () => sortBy(table, column, heading));
    });
  }
}
