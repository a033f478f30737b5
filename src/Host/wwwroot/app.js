// Starts Blazor. A lost connection is shown by the strip at the foot of the page, not in the console.
(() => {
  const strip = document.getElementById('components-reconnect-modal');
  const quiet = { log() { } };
  Blazor.start({
    circuit: {
      logLevel: 5, // critical only: the strip says it
      configureSignalR: builder => builder.configureLogging(quiet),
      reconnectionOptions: { maxRetries: 200, retryIntervalMilliseconds: n => n < 5 ? 1000 : 5000 },
    },
  });
  // Loaded now, the icons are drawn with the first page instead of after it.
  document.fonts.load("1em 'Material Symbols'").catch(() => { });
  // The server no longer knows this page: load it again, drafts are kept there. Blazor tells by the strip's class.
  new MutationObserver(() => { if (/reconnect-rejected|resume-failed/.test(strip.className)) location.reload(); }).observe(strip, { attributeFilter: ['class'] });
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
