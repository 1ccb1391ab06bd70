// A form is sent once, and after 300 ms the page says that it is on its way.
export function sendOnce(within = document) {
  for (const form of within.querySelectorAll('form[method="post"]')) {
    form.addEventListener('submit', (event) => {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = 'yes';
      const button = event.submitter;
      if (!button) return undefined;
      setTimeout(() => {
        button.setAttribute('aria-disabled', 'true');
        if (document.body.dataset.sending && button.classList.contains('button')) button.textContent = document.body.dataset.sending;
      }, 300);
      return undefined;
    });
  }
  // The way back in the browser may bring the page as it was left.
  addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach((form) => delete form.dataset.sent));
}
