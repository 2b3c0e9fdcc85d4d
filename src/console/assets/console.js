"use strict";

// Keeps the board up to date: each event of the journal names a passage, whose card the server
// renders; cards, not data, come over the wire, so that there is one way to write a card down.
(() => {
  const cards = document.getElementById("cards");
  const aside = document.getElementById("aside");
  const line = document.getElementById("line");
  const clock = document.getElementById("clock");
  const CARDS_MOST = 40;
  const CARD_PAUSE_MS = 150;
  const ASIDE_PAUSE_MS = 1500;
  const ASIDE_EVERY_MS = 5000;

  const tick = () => {
    clock.textContent = new Date().toLocaleTimeString("zh-CN", {
      timeZone: "Asia/Shanghai",
      hour12: false,
    });
  };
  tick();
  setInterval(tick, 1000);

  const show = (live) => {
    line.textContent = live ? line.dataset.live : line.dataset.lost;
    line.classList.toggle("lost", !live);
  };

  async function fragment(url) {
    const response = await fetch(url, { credentials: "same-origin" });
    if (response.status === 401) {
      location.reload();
    }
    return response.ok ? response.text() : null;
  }

  let asideTimer = null;
  async function refreshAside() {
    asideTimer = null;
    try {
      const html = await fragment("/board/aside");
      if (html !== null) {
        aside.innerHTML = html;
      }
    } catch {
      show(false);
    }
  }
  const asideSoon = () => {
    asideTimer ??= setTimeout(refreshAside, ASIDE_PAUSE_MS);
  };
  setInterval(asideSoon, ASIDE_EVERY_MS);

  if (!cards) {
    return;
  }

  // Ids of passages whose card is out of date, oldest first; at dense traffic the oldest ones that
  // would not be seen any more are left out.
  const waiting = new Set();
  let working = false;

  function place(id, html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const card = holder.content.firstElementChild;
    if (!card) {
      return;
    }
    const old = cards.querySelector(`[data-id="${CSS.escape(id)}"]`);
    if (old) {
      old.replaceWith(card);
    } else {
      card.classList.add("fresh");
      cards.prepend(card);
    }
    while (cards.children.length > CARDS_MOST) {
      cards.lastElementChild.remove();
    }
    document.getElementById("empty").hidden = true;
  }

  async function work() {
    if (working) {
      return;
    }
    working = true;
    while (waiting.size > 0) {
      while (waiting.size > CARDS_MOST) {
        waiting.delete(waiting.values().next().value);
      }
      const id = waiting.values().next().value;
      waiting.delete(id);
      try {
        const html = await fragment(`/board/passages/${encodeURIComponent(id)}`);
        if (html !== null) {
          place(id, html);
        }
      } catch {
        show(false);
      }
      await new Promise((resolve) => setTimeout(resolve, CARD_PAUSE_MS));
    }
    working = false;
  }

  function stale(event) {
    const body = JSON.parse(event.data).body;
    const id = body?.columns?.passage_id;
    if (id) {
      waiting.delete(id);
      waiting.add(id);
      work();
    }
    asideSoon();
  }

  // The browser itself comes back with the number of the last event it saw.
  const source = new EventSource(`/api/v1/events?after=${cards.dataset.head}`);
  source.onopen = () => show(true);
  source.onerror = () => {
    show(false);
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => location.reload(), 5000);
    }
  };
  for (const kind of ["weighing", "passage_closed"]) {
    source.addEventListener(kind, stale);
  }
  const beside = [
    "case_opened", "case_attached", "case_stepped", "case_reviewed", "port_event", "finding", "hour",
    "enforcement_off", "enforcement_on", "shift_check",
  ];
  for (const kind of beside) {
    source.addEventListener(kind, asideSoon);
  }
})();
