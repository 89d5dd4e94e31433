// Brings the page up to date while somebody looks at it: asks for it again and replaces what differs.
const EVERY = 5000;

const update = async () => {
  if (document.hidden) return;
  const offline = document.getElementById('offline');
  try {
    const answer = await fetch('/', { cache: 'no-store', signal: AbortSignal.timeout(10000) });
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.title = fresh.title;
    for (const part of document.querySelectorAll('[data-live]')) {
      const next = fresh.getElementById(part.id);
      if (next && next.innerHTML !== part.innerHTML) replace(part, next);
    }
  } catch {
    offline.hidden = false;
  }
};

// Who is at a button by keyboard stays there.
const replace = (part, next) => {
  const focused = part.contains(document.activeElement) ? document.activeElement.id : '';
  part.replaceChildren(...document.importNode(next, true).childNodes);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
};

setInterval(update, EVERY);
document.addEventListener('visibilitychange', update);
