import { keepForms } from './keep.js';
import { sendOnce } from './send.js';
import { sortTables } from './sort.js';

keepForms();
sendOnce();
sortTables();
document.querySelector('.faults')?.focus();
document.querySelectorAll('[data-print]').forEach((button) => {
  button.hidden = false;
  button.addEventListener('click', () => print());
});
// A table that was shown may be wider than its box; whoever has only keys scrolls it too.
document.querySelectorAll('.chart-toggle input').forEach((box) => {
  const table = box.closest('.chart').querySelector('.chart-table');
  const follow = () => { table.tabIndex = box.checked ? 0 : -1; };
  box.addEventListener('change', follow);
  follow();
});
