// What a person typed survives a time-out, a reload and the way back: a form with data-keep="name" is
// remembered in this tab until it was taken. Passwords, files and hidden fields are never kept.
const PREFIX = 'balai-keep:';

const keepable = (field) => field.name && !['password', 'file', 'hidden', 'submit'].includes(field.type);
const isChoice = (field) => field.type === 'checkbox' || field.type === 'radio';

function read(form) {
  return [...form.elements].filter(keepable).map((f) => [f.name, f.value, isChoice(f) ? f.checked : null]);
}

function fill(form, kept) {
  for (const [name, value, checked] of kept) {
    const fields = [...form.elements].filter((field) => field.name === name);
    if (checked === null) { if (fields[0] && !fields[0].value) fields[0].value = value; }
    else for (const field of fields) if (field.value === value) field.checked = checked;
  }
}

export function keepForms() {
  const forms = new Map([...document.querySelectorAll('form[data-keep]')].map((form) => [form.dataset.keep, form]));
  const signingIn = document.querySelector('[data-signing-in]');
  for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX))) {
    const { sent } = JSON.parse(sessionStorage.getItem(key));
    // The form was sent and the answer is another page than sign-in: it was taken.
    if (sent && !signingIn && !forms.has(key.slice(PREFIX.length))) sessionStorage.removeItem(key);
  }
  for (const [name, form] of forms) {
    const key = PREFIX + name;
    const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null');
    if (kept && !form.querySelector('[aria-invalid="true"]')) fill(form, kept.values);
    const save = (sent) => sessionStorage.setItem(key, JSON.stringify({ sent, values: read(form) }));
    form.addEventListener('input', () => save(false));
    form.addEventListener('submit', () => save(true));
  }
}
