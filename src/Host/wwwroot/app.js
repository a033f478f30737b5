// Starts Blazor. A lost connection is shown by the strip at the foot of the page, not in the console.
(() => {
  const tries = document.getElementById('reconnect-try');
  const strip = document.getElementById('components-reconnect-modal');
  const quiet = { log() { } };
  Blazor.start({
    circuit: {
      configureSignalR: builder => builder.configureLogging(quiet),
      reconnectionOptions: { maxRetries: 200, retryIntervalMilliseconds: n => n < 5 ? 1000 : 5000 },
    },
  });
  strip.addEventListener('components-reconnect-state-changed', e => {
    const { state, currentAttempt } = e.detail;
    if (state === 'rejected') location.reload(); // the server no longer knows this page
    if (currentAttempt) tries.textContent = currentAttempt;
  });
  document.getElementById('reconnect-retry').addEventListener('click', async () => { if (!await Blazor.reconnect()) location.reload(); });

  // Theme without a reload: the attribute now, the choice kept by the endpoint.
  document.addEventListener('click', e => {
    const button = e.target.closest('button[form=shell-form][name=theme]');
    if (!button) return;
    e.preventDefault();
    document.documentElement.dataset.theme = button.value;
    const body = new FormData(document.getElementById('shell-form'));
    body.set('theme', button.value);
    fetch(button.getAttribute('formaction'), { method: 'POST', body, redirect: 'manual' });
  });
})();
