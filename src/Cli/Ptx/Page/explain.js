// Source and PTX belong together by the source line in data-line. Hovering or focusing a line marks its counterparts;
// a click or Enter pins them and scrolls the other column to the first.
(() => {
  const panes = [...document.querySelectorAll('.lines')];
  const rows = pane => [...pane.querySelectorAll('tr[data-line]')];
  const partners = line => document.querySelectorAll(`tr[data-line="${line}"]`);
  let pinned = null;

  const mark = (line, kind) => {
    document.querySelectorAll(`tr.${kind}`).forEach(row => row.classList.remove(kind));
    if (line !== null) partners(line).forEach(row => row.classList.add(kind));
  };
  const bring = (line, from) => {
    for (const pane of panes) {
      const first = pane === from ? null : pane.querySelector(`tr[data-line="${line}"]`);
      if (first) pane.scrollTop = first.offsetTop - pane.clientHeight / 3;
    }
  };
  const pin = row => {
    const line = row.dataset.line;
    pinned = pinned === line ? null : line;
    mark(pinned, 'pinned');
    if (pinned !== null) bring(line, row.closest('.lines'));
  };
  const focus = row => {
    if (!row) return;
    document.querySelectorAll('tr[tabindex="0"]').forEach(each => each.tabIndex = -1);
    row.tabIndex = 0;
    row.focus();
  };

  for (const pane of panes) {
    const own = rows(pane);
    own.forEach(row => row.tabIndex = -1);
    if (own.length) own[0].tabIndex = 0;
    pane.addEventListener('mouseover', event => {
      const row = event.target.closest('tr[data-line]');
      mark(row ? row.dataset.line : null, 'marked');
    });
    pane.addEventListener('mouseleave', () => mark(null, 'marked'));
    pane.addEventListener('focusin', event => {
      const row = event.target.closest('tr[data-line]');
      if (!row) return;
      mark(row.dataset.line, 'marked');
      bring(row.dataset.line, pane);
    });
    pane.addEventListener('click', event => {
      const row = event.target.closest('tr[data-line]');
      if (row) { focus(row); pin(row); }
    });
    pane.addEventListener('keydown', event => {
      const row = event.target.closest('tr[data-line]');
      if (!row) return;
      const at = own.indexOf(row);
      const other = panes[(panes.indexOf(pane) + 1) % panes.length];
      const act = {
        ArrowDown: () => focus(own[at + 1]), ArrowUp: () => focus(own[at - 1]),
        Home: () => focus(own[0]), End: () => focus(own[own.length - 1]),
        ArrowRight: () => focus(other.querySelector(`tr[data-line="${row.dataset.line}"]`)),
        ArrowLeft: () => focus(other.querySelector(`tr[data-line="${row.dataset.line}"]`)),
        Enter: () => pin(row), ' ': () => pin(row),
        Escape: () => { pinned = null; mark(null, 'pinned'); },
      }[event.key];
      if (act) { event.preventDefault(); act(); }
    });
  }
})();
