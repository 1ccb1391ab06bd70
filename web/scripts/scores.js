// Scores of an assessor are saved while they are given, on a line that comes and goes: what is not on the server
// yet is kept in this browser and sent again. Without this script the button of the form saves the same.
//   <form data-scores="id">  radio "q3.04", "q3.04-note", hidden "q3.04-version"
//   [data-scores-told]       says where the scores are; its words are data-saved, -sending, -offline, -wrong, -signin
const PREFIX = 'balai-scores:';
const AGAIN = 10_000;

const form = document.querySelector('form[data-scores]');
const told = document.querySelector('[data-scores-told]');
const key = PREFIX + form.dataset.scores;
const field = (name) => form.elements.namedItem(name);

// question → [value, note] that the server has not confirmed.
let waiting = new Map(Object.entries(JSON.parse(localStorage.getItem(key) ?? '{}')));
let refused = 0;
let sending = false;
let timer;

function keep() {
  if (waiting.size) localStorage.setItem(key, JSON.stringify(Object.fromEntries(waiting)));
  else localStorage.removeItem(key);
}

function say(what) {
  const count = what === 'offline' || what === 'signin' ? ` ${waiting.size}` : '';
  told.textContent = told.dataset[what] + count;
  told.classList.toggle('note-done', what === 'saved');
  told.classList.toggle('note-waiting', what === 'offline' || what === 'signin');
  told.classList.toggle('note-late', what === 'wrong');
}

function wrong(name, words) {
  const line = form.querySelector(`[data-wrong-of="${CSS.escape(name)}"]`);
  if (!line) return;
  line.textContent = words;
  line.hidden = !words;
}

function note(name) {
  const value = field(name)?.value ?? '';
  if (!value) return;
  waiting.set(name, [value, field(`${name}-note`)?.value ?? '']);
  keep();
}

async function send() {
  clearTimeout(timer);
  if (sending || !waiting.size) return;
  sending = true;
  say('sending');
  const going = new Map(waiting);
  const body = new FormData();
  body.set('csrfmiddlewaretoken', field('csrfmiddlewaretoken').value);
  for (const [name, [value, words]] of going) {
    body.set(name, value);
    body.set(`${name}-note`, words);
    body.set(`${name}-version`, field(`${name}-version`)?.value ?? '');
  }
  try {
    const answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } });
    if (answer.status === 401) { say('signin'); return; }
    if (!answer.ok) {
      say('wrong');
      told.textContent = (await answer.json().catch(() => ({}))).detail ?? told.textContent;
      return;
    }
    settle(going, await answer.json());
  } catch {
    say('offline');
  } finally {
    sending = false;
    if (waiting.size) timer = setTimeout(send, AGAIN);
  }
}

function settle(going, said) {
  refused = 0;
  for (const [name, sent] of going) {
    const question = name.slice(1);
    const version = field(`${name}-version`);
    if (question in said.saved && version) version.value = said.saved[question];
    if (question in said.wrong) refused += 1;
    wrong(name, said.wrong[question] ?? '');
    // What was changed again meanwhile waits for the next turn.
    if (`${waiting.get(name)}` === `${sent}`) waiting.delete(name);
  }
  keep();
  say(refused ? 'wrong' : 'saved');
}

for (const [name, [value, words]] of waiting) {
  const radio = [...form.elements].find((one) => one.name === name && one.value === value);
  if (radio) radio.checked = true;
  const text = field(`${name}-note`);
  if (text) text.value = words;
}
form.addEventListener('change', ({ target }) => {
  note(target.name.replace(/-note$/, ''));
  send();
});
// Sent by its button while the line is gone, the page would be lost to the browser's own words.
form.addEventListener('submit', (event) => {
  if (navigator.onLine) return;
  event.preventDefault();
  delete form.dataset.sent;
  for (const radio of form.querySelectorAll('input[type="radio"]:checked')) note(radio.name);
  say('offline');
});
addEventListener('online', send);
send();
