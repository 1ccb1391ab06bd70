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
