// Before the first paint: who never chose a theme gets the device's.
(d => { if (!d.dataset.theme) d.dataset.theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'; })(document.documentElement);
