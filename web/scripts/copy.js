// A button beside every text meant to be copied: <pre data-copy>. Without scripts the text is marked by hand.
const words = document.documentElement.lang.startsWith('en') ? ['Copy', 'Copied'] : ['Salin', 'Tersalin'];
if (navigator.clipboard) {
  document.querySelectorAll('[data-copy]').forEach((text) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button copy';
    button.textContent = words[0];
    const name = text.getAttribute('aria-label');
    if (name) button.setAttribute('aria-label', `${words[0]}: ${name}`);
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = words[1];
      setTimeout(() => { button.textContent = words[0]; }, 2000);
    });
    text.after(button);
  });
}
