// Forms of definition files, made quicker. The server decides everything: an answer on which others depend is
// sent to it, and the step it answers with takes the place of this one. Without this script a button does the same.
import { sendOnce } from './send.js';

const place = '[data-form-step]';

function begin(step) {
  for (const button of step.querySelectorAll('[data-refresh]')) button.hidden = true;
  for (const button of step.querySelectorAll('[data-locate]')) button.hidden = !navigator.geolocation;
  for (const button of step.querySelectorAll('[data-pick]')) button.hidden = false;
}

const typing = 'input:not([type="hidden"], [type="file"], [type="radio"], [type="checkbox"]), select, textarea';
let latest = 0;

async function refresh(form) {
  const step = form.closest(place);
  const body = new FormData(form);
  // Files go up once, with a button; a draft on the server keeps those it has.
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  body.set('_go', 'refresh');
  const turn = latest += 1;
  const sent = new Map([...step.querySelectorAll(typing)].map((box) => [box.id, box.value]));
  try {
    const answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector(place);
    // Somebody who goes on answering is ahead of the server: the last answer counts.
    if (turn !== latest) return undefined;
    if (!fresh) return form.querySelectorAll('[data-refresh]').forEach((button) => { button.hidden = false; });
    for (const input of step.querySelectorAll('input[type="file"]')) {
      // What was chosen but not sent yet stays chosen.
      if (input.files.length) fresh.querySelector(`#${CSS.escape(input.id)}`)?.replaceWith(input);
    }
    for (const box of step.querySelectorAll(typing)) {
      const same = box.id && fresh.querySelector(`#${CSS.escape(box.id)}`);
      if (same && box.value !== sent.get(box.id)) same.value = box.value;
    }
    const here = document.activeElement?.id;
    step.replaceWith(fresh);
    begin(fresh);
    sendOnce(fresh);
    document.getElementById(here)?.focus();
  } catch {
    form.querySelectorAll('[data-refresh]').forEach((button) => { button.hidden = false; });
  }
  return undefined;
}

document.addEventListener('change', ({ target }) => {
  const form = target.closest('[data-live-form]');
  if (form && (target.closest('[data-live]') || target.matches('[data-level]'))) refresh(form);
});

const input = (id, part) => document.getElementById(`${id}-${part}`);
const written = (degrees) => degrees.toFixed(6).replace('.', ',');

function put(id, latitude, longitude) {
  input(id, 'lat').value = written(latitude);
  input(id, 'lon').value = written(longitude);
  input(id, 'lat').dispatchEvent(new Event('change', { bubbles: true }));
}

const tell = (id, words) => { document.querySelector(`[data-told="${id}"]`).textContent = words; };

document.addEventListener('click', async ({ target }) => {
  const locate = target.closest('[data-locate]');
  if (locate) {
    const id = locate.dataset.locate;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => put(id, coords.latitude, coords.longitude),
      () => tell(id, locate.dataset.failed),
      { enableHighAccuracy: true, timeout: 15000 },
    );
  }
  const pick = target.closest('[data-pick]');
  if (pick) {
    const id = pick.dataset.pick;
    try {
      const { pickOn } = await import('./pick.js');
      await pickOn(pick, [input(id, 'lat').value, input(id, 'lon').value], (latitude, longitude) => put(id, latitude, longitude));
    } catch { tell(id, pick.dataset.failed); }
  }
});

document.querySelectorAll(place).forEach(begin);
