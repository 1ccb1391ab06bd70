// A large file is sent in parts (tus 1.0: HEAD and PATCH); after a broken line it goes on where it stopped.
const PART = 8 * 1024 * 1024;
const LONGEST_WAIT = 60_000;
const API = '/api/v1/data/uploads';
const pause = (time) => new Promise((done) => { setTimeout(done, time); });

async function begin(form, file, headers) {
  const body = { name: file.name.slice(0, 200), size: file.size };
  if (form.dataset.upload) body.dataset = form.dataset.upload;
  const answer = await fetch(API, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
    body: JSON.stringify(body),
  });
  const found = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(), { told: (found.faults ?? []).map((each) => `${each.wrong} ${each.right}`).join(' ') || found.title });
  return found.id;
}

async function offsetOf(id) {
  const answer = await fetch(`${API}/${id}`, { method: 'HEAD' });
  return answer.ok ? Number(answer.headers.get('Upload-Offset')) : undefined;
}

async function send(id, file, headers, tell, failed) {
  let offset = await offsetOf(id) ?? 0;
  let wait = 1000;
  while (offset < file.size) {
    try {
      const answer = await fetch(`${API}/${id}`, {
        method: 'PATCH',
        headers: { ...headers, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) },
        body: file.slice(offset, offset + PART),
      });
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 409 && answer.status !== 429) return;
      if (!answer.ok) throw new Error();
      offset = Number(answer.headers.get('Upload-Offset'));
      wait = 1000;
      tell(offset / file.size);
    } catch {
      failed();
      await pause(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
      offset = await offsetOf(id).catch(() => undefined) ?? offset;
    }
  }
}

for (const form of document.querySelectorAll('form[data-upload]')) {
  form.hidden = false;
  const told = form.querySelector('[data-upload-told]');
  const say = (text) => { told.hidden = false; told.textContent = text; };
  form.addEventListener('submit', async (event) => {
    const [file] = form.querySelector('input[type="file"]').files;
    // A small file goes as any form does, and a form without a file is told so by the page.
    if (!file || (file.size <= PART && !form.dataset.resume)) {
      if (form.dataset.resume) event.preventDefault();
      return;
    }
    event.preventDefault();
    if (form.dataset.size && Number(form.dataset.size) !== file.size) { say(told.dataset.other); return; }
    const headers = { 'X-CSRFToken': form.querySelector('[name="csrfmiddlewaretoken"]').value };
    const button = form.querySelector('button');
    button.setAttribute('aria-disabled', 'true');
    try {
      const id = form.dataset.resume || await begin(form, file, headers);
      await send(id, file, headers, (share) => say(`${told.dataset.sending} ${Math.floor(share * 100)} %`), () => say(told.dataset.failed));
      location.assign(`/meja/kiriman/${id}/`);
    } catch (error) {
      say(error.told ?? told.dataset.failed);
      button.removeAttribute('aria-disabled');
      delete form.dataset.sent;
    }
  });
}
