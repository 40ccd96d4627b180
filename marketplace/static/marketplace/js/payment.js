// Waiting for a transfer: asks every 3 s for two minutes, then every 10 s, never while the page is hidden.
// When the answer differs from what the page shows, the page is loaded again: the server says what comes next.
//
// <section data-payment="/don-hang/…/trang-thai/" data-state="pending" data-seconds-left="870"> holds
// [data-time-left] (mm:ss), an optional <progress data-time-bar> and [data-time-said] (role=status).

const QUICK = 3000;
const SLOW = 10000;
const QUICK_FOR = 120000;

function poll(box) {
  const began = Date.now();
  let timer;

  async function ask() {
    clearTimeout(timer);
    if (document.hidden) return;
    try {
      const answer = await fetch(box.dataset.payment, { headers: { Accept: "application/json" }, cache: "no-store" });
      const now = answer.ok ? await answer.json() : null;
      if (now && now.state !== box.dataset.state) return location.replace(now.url ?? location.href);
    } catch {
      // no signal for a moment: ask again later
    }
    timer = setTimeout(ask, Date.now() - began < QUICK_FOR ? QUICK : SLOW);
  }

  document.addEventListener("visibilitychange", ask);
  timer = setTimeout(ask, QUICK);
}

function countDown(box) {
  const end = Date.now() + Number(box.dataset.secondsLeft) * 1000;
  const text = box.querySelector("[data-time-left]");
  const bar = box.querySelector("[data-time-bar]");
  const said = box.querySelector("[data-time-said]");

  const tick = setInterval(() => {
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    text.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (bar) bar.value = left;
    if (said && (left === 300 || left === 60)) said.textContent = said.dataset.timeSaid.replace("%d", left / 60);
    if (left === 0) {
      clearInterval(tick);
      location.reload();
    }
  }, 1000);
}

const box = document.querySelector("[data-payment]");
if (box) {
  poll(box);
  if (Number(box.dataset.secondsLeft) > 0) countDown(box);
}
