// The page where data are asked in SQL: asks without leaving the page, says how long it takes, and can stop.
// Whoever leaves or cancels closes the connection; the server then ends the question (balai.data.patience).
const form = document.querySelector('[data-query]');
const area = form.querySelector('textarea');
const answer = document.getElementById('answer');
const wait = form.querySelector('[data-wait]');
const cancel = form.querySelector('[data-cancel]');
let running = null;

// The bare text box, until the editor takes its place.
let editor = {
  insert(text) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
    area.dispatchEvent(new Event('input', { bubbles: true }));
    area.focus();
  },
  show(line, column) {
    const lines = area.value.split('\n');
    const at = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
    area.focus();
    area.setSelectionRange(at, at + 1);
  },
  mark() {},
};

function tick(began) {
  const seconds = Math.round((performance.now() - began) / 1000);
  // Said aloud once; the seconds are for the eye.
  if (seconds) wait.lastElementChild.textContent = `${seconds} ${wait.dataset.seconds}`;
}

function begin() {
  running?.abort();
  running = new AbortController();
  cancel.hidden = false;
  wait.className = 'query-wait is-busy';
  wait.replaceChildren(`${wait.dataset.running} `, Object.assign(document.createElement('span'), { ariaHidden: 'true' }));
  answer.setAttribute('aria-busy', 'true');
  return running;
}

function end(words) {
  running = null;
  cancel.hidden = true;
  wait.className = 'query-wait';
  wait.textContent = words;
  answer.removeAttribute('aria-busy');
}

async function draw(html) {
  answer.innerHTML = html;
  const faults = [...answer.querySelectorAll('[data-line]')];
  editor.mark(faults.map(({ dataset }) => [Number(dataset.line), Number(dataset.column)]));
  area.toggleAttribute('aria-invalid', faults.length > 0);
  answer.querySelector('.faults, [data-answer]')?.focus();
  if (answer.querySelector('[data-map]')) {
    const { drawMaps } = await import(form.dataset.maps);
    drawMaps(answer);
  }
}

async function ask(fields) {
  const mine = begin();
  const began = performance.now();
  const clock = setInterval(() => tick(began), 1000);
  try {
    const told = await fetch(form.action, { method: 'POST', body: fields, headers: { 'X-Balai-Part': 'answer' }, signal: mine.signal });
    const html = await told.text();
    if (mine !== running) return;
    end(wait.dataset.done);
    // Another page than the answer, sign-in for one: go there the plain way, with all that was written.
    if (html.includes('data-part="answer"')) await draw(html);
    else form.submit();
  } catch (error) {
    if (mine !== running) return;
    end(error.name === 'AbortError' ? wait.dataset.cancelled : form.dataset.failed);
  } finally {
    clearInterval(clock);
  }
}

form.addEventListener('submit', (event) => {
  // A download does not leave the page; the next one must not be taken for the same form sent twice.
  setTimeout(() => delete form.dataset.sent, 0);
  if (event.submitter?.hasAttribute('data-plain')) return;
  event.preventDefault();
  const fields = new FormData(form, event.submitter);
  if (event.submitter?.hasAttribute('data-run')) fields.delete('page');
  ask(fields);
});
cancel.addEventListener('click', () => {
  running?.abort();
  form.querySelector('[data-run]').focus();
});
addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target === area) run(event);
});
function run(event) {
  event?.preventDefault();
  form.requestSubmit(form.querySelector('[data-run]'));
}
document.addEventListener('click', (event) => {
  const inserts = event.target.closest('[data-inserts]');
  const fault = event.target.closest('[data-line]');
  if (inserts) editor.insert(inserts.dataset.inserts);
  if (fault) {
    event.preventDefault();
    editor.show(Number(fault.dataset.line), Number(fault.dataset.column));
  }
});
document.querySelectorAll('[data-inserts], [data-keys]').forEach((each) => { each.hidden = false; });

// The editor comes when it is wanted, since it weighs more than all the rest; a phone, with a keyboard of
// its own and little room, is better served by the bare box.
if (matchMedia('(min-width: 48rem) and (hover: hover)').matches) {
  area.addEventListener('focus', async () => {
    const { edit } = await import(form.dataset.editor);
    editor = edit(area, JSON.parse(document.getElementById('query-schema').textContent), run);
  }, { once: true });
}
if (answer.querySelector('[data-map]')) import(form.dataset.maps);
