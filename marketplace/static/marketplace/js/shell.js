// What every page does once it is there. Public pages are the same bytes for everybody, so the number on the
// basket and the visitor's name come from two readable cookies.

function cookie(name) {
  const pair = document.cookie.split("; ").find((item) => item.startsWith(name + "="));
  if (!pair) return "";
  try {
    return decodeURIComponent(pair.slice(name.length + 1).replaceAll('"', ""));
  } catch {
    return "";
  }
}

function showWho() {
  const count = Number.parseInt(cookie("basket_count"), 10) || 0;
  for (const bubble of document.querySelectorAll("[data-basket-count]")) {
    bubble.hidden = count === 0;
    bubble.textContent = count > 99 ? "99+" : String(count);
  }
  const name = cookie("who");
  for (const label of document.querySelectorAll("[data-account-name]")) {
    label.dataset.nobody ??= label.textContent;
    label.textContent = name || label.dataset.nobody;
  }
}

// A form goes out once. The buttons come back when the page is shown again by the back button.
function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
}

function guard(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  event.submitter?.setAttribute("aria-disabled", "true");
}

document.addEventListener("submit", guard);
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach(release);
  showWho();
});
window.addEventListener("basket", showWho); // basket.js put something in
showWho();
document.querySelector("[data-focus]")?.focus();
