// Live pages. An element with data-live is brought up to date without a reload: on every event of the address it names, or, for "poll"
// and where events cannot be had, every few seconds. The page is asked for again and only the parts that differ are replaced, so what
// a reader has opened, selected or scrolled stays as it is. Without this script pages that go on reload themselves.
"use strict";

const pollMs = 3000;
const eventTypes = ["queued", "running", "run_started", "round_started", "model_replied", "evaluated", "improved", "advised", "stopped", "succeeded", "failed", "cancelled"];

const live = document.querySelector("[data-live]");
if (live) {
  follow(live.dataset.live);
}

function follow(address) {
  let timer = 0;
  let source = null;
  const soon = (ms) => {
    timer ||= setTimeout(async () => {
      timer = 0;
      const goesOn = await refresh().catch(() => true);
      if (!goesOn) {
        source?.close();
        source = null;
      } else if (!source) {
        soon(pollMs);
      }
    }, ms);
  };

  if (address === "poll") {
    soon(pollMs);
    return;
  }

  source = new EventSource(address);
  for (const type of eventTypes) {
    source.addEventListener(type, () => soon(150));
  }

  source.onmessage = () => soon(150);
  source.onerror = () => {
    // A broken connection is made again by the browser; an address without events is not.
    if (source?.readyState === EventSource.CLOSED) {
      source = null;
      soon(pollMs);
    }
  };
}

// True while there is more to come.
async function refresh() {
  if (document.hidden) {
    return true;
  }

  const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
  if (!answer.ok) {
    return true;
  }

  const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live], [data-live-ended]");
  const current = document.querySelector("[data-live]");
  if (!next || !current) {
    return false;
  }

  replaceParts(current, next);
  if (!next.dataset.live) {
    current.removeAttribute("data-live");
    return false;
  }

  return true;
}

// Children are matched by id, else by place.
function replaceParts(current, next) {
  const byId = new Map([...current.children].filter((child) => child.id).map((child) => [child.id, child]));
  [...next.children].forEach((wanted, place) => {
    const here = current.children[place];
    const known = wanted.id ? byId.get(wanted.id) : here && !here.id ? here : null;
    if (!known) {
      current.insertBefore(document.importNode(wanted, true), here ?? null);
      return;
    }

    if (known !== here) {
      current.insertBefore(known, here ?? null);
    }

    if (textOf(known) !== textOf(wanted)) {
      const fresh = document.importNode(wanted, true);
      keepOpen(known, fresh);
      known.replaceWith(fresh);
    }
  });
  while (current.children.length > next.children.length) {
    current.lastElementChild.remove();
  }
}

// What a reader opened or closed is no difference.
function textOf(element) {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("details").forEach((details) => details.removeAttribute("open"));
  return copy.innerHTML + copy.className;
}

function keepOpen(old, fresh) {
  for (const details of fresh.querySelectorAll("details[id]")) {
    const before = old.querySelector(`#${CSS.escape(details.id)}`);
    if (before) {
      details.open = before.open;
    }
  }
}
