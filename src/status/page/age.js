(() => {
  const root = document.documentElement, title = document.title;
  const [notice, then, age, mark] = ['old', 'then', 'age', 'mark'].map(id => document.getElementById(id));
  const made = Date.parse(document.querySelector('#made time').dateTime);
  const patience = 3 * document.body.dataset.interval * 1000;
  const symbol = mark.textContent;
  const icon = document.querySelector('link[rel=icon]'), colour = icon.href;
  const span = ms => {
    const units = [[86400e3, 'day'], [3600e3, 'hour'], [60e3, 'minute'], [1e3, 'second']];
    const [length, unit] = units.find(([length]) => ms >= length) || units[3];
    const count = Math.max(0, Math.floor(ms / length));
    return count + ' ' + unit + (count === 1 ? '' : 's');
  };
  const look = () => {
    const passed = Date.now() - made, old = passed > patience;
    age.textContent = passed < 0 ? '' : '(' + span(passed) + ' ago)';
    notice.querySelector('span').textContent = span(passed);
    if (notice.hidden === !old) return;
    notice.hidden = then.hidden = !old;
    root.classList.toggle('old', old);
    mark.textContent = old ? '?' : symbol;
    document.title = (old ? 'Not updated: ' : '') + title;
    icon.href = old ? 'data:,' : colour;
  };
  look();
  setInterval(look, 5000);
})();
