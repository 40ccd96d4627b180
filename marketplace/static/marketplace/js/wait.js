// A button that works again after a while, with the seconds on it. The server keeps the same wait.

for (const button of document.querySelectorAll("[data-wait]")) {
  const words = button.textContent;
  const end = Date.now() + Number(button.dataset.wait) * 1000;
  let timer;

  function show() {
    const left = Math.ceil((end - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? button.dataset.waitWords.replace("%d", left) : words;
    if (left <= 0) clearInterval(timer);
  }

  timer = setInterval(show, 500);
  show();
}
