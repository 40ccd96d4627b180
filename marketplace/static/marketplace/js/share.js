// Copy and share. Buttons carry the text (data-copy) or the address (data-share) and say when it is done.

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // an insecure page or a refusal: the text is on the page to be marked by hand
  }
}

async function say(button, done) {
  const label = button.querySelector("[data-label]") ?? button;
  label.dataset.before ??= label.textContent;
  label.textContent = done ? button.dataset.done : button.dataset.failed;
  clearTimeout(button.timer);
  button.timer = setTimeout(() => (label.textContent = label.dataset.before), 2500);
}

document.addEventListener("click", async (event) => {
  const copier = event.target.closest("[data-copy]");
  if (copier) say(copier, await copy(copier.dataset.copy));

  const sharer = event.target.closest("[data-share]");
  if (!sharer) return;
  const url = new URL(sharer.dataset.share, location.href).href;
  if (navigator.share) {
    try {
      await navigator.share({ url, title: document.title });
    } catch {
      // closed without choosing: nothing to say
    }
  } else {
    say(sharer, await copy(url));
  }
});
