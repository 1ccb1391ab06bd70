import './resident.js';

// Keys of officers. They can be switched off (WCAG 2.1.4) in the list that `?` opens.
const OFF = 'balai-keys-off';
const help = document.getElementById('keys');
// Every line of a list is a row, and what else a page marks; the tables of charts are not lists.
const rows = () =>
  [...document.querySelectorAll('main [data-row], main .table-box tbody tr')].filter((row) => !row.closest('.chart-table'));

function move(step) {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row.classList.contains('is-here'));
  const next = all[Math.min(all.length - 1, Math.max(0, here + step))];
  all[here]?.classList.remove('is-here');
  next.classList.add('is-here');
  next.scrollIntoView({ block: 'nearest' });
  (next.querySelector('a[href], button') ?? next).focus({ preventScroll: true });
}

const keys = {
  '/': () => document.querySelector('input[type="search"]')?.focus(),
  '?': () => help?.showModal(),
  j: () => move(1),
  k: () => move(-1),
  e: () => document.querySelector('.is-here [data-act]')?.click(),
  x: () => document.querySelector('.is-here input[type="checkbox"]')?.click(),
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(OFF)) return;
  if (event.target.closest('input, select, textarea, [contenteditable], dialog')) return;
  const act = keys[event.key];
  if (act) { event.preventDefault(); act(); }
});

for (const opener of document.querySelectorAll('[data-opens-keys]')) {
  opener.hidden = false;
  opener.addEventListener('click', () => help?.showModal());
}
const off = document.querySelector('[data-keys-off]');
if (off) {
  off.checked = Boolean(localStorage.getItem(OFF));
  off.addEventListener('change', () => (off.checked ? localStorage.setItem(OFF, 'yes') : localStorage.removeItem(OFF)));
}

// One box for all the boxes of a list, and how many are chosen; without scripts each is ticked by itself.
for (const all of document.querySelectorAll('[data-ticks-all]')) {
  const form = all.closest('form');
  const boxes = () => [...form.querySelectorAll('input[type="checkbox"][name="berkas"]')];
  const told = form.querySelector('[data-ticked]');
  const tell = () => {
    const count = boxes().filter((box) => box.checked).length;
    if (told) told.textContent = count ? told.dataset.ticked.replace('{n}', count) : '';
    all.checked = count > 0 && count === boxes().length;
  };
  all.closest('[hidden]')?.removeAttribute('hidden');
  all.addEventListener('change', () => { for (const box of boxes()) box.checked = all.checked; tell(); });
  form.addEventListener('change', tell);
}
