"""QR codes as one path of an SVG, for pages and for print."""

from balai.base.later import qrcode

_QUIET = 4
"""Empty squares around it, as readers want them."""


def qr_svg(text: str) -> str:
    """Return the QR code of a text, black on white."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    side = len(rows) + 2 * _QUIET
    strokes = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = x
            while run < len(row) and row[run]:
                run += 1
            if run > x:
                strokes.append(f"M{x + _QUIET} {y + _QUIET}h{run - x}v1h{x - run}z")
            x = run + 1
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{"".join(strokes)}"/></svg>'
    )
