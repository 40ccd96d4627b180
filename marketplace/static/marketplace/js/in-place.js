// Forms inside [data-in-place] change their own row without loading the page: the answer is the whole page, of which
// the element with the same id takes the place of the old one. Without this file the page is loaded, at the row.

async function send(form, row) {
  const body = new FormData(form);
  const typed = form.elements.left?.value;
  const answer = await fetch(form.action, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(row.id);
  if (!fresh) throw new Error("the row is gone");
  if (form.elements.left && form.elements.left.value !== typed) {
    // tapped again meanwhile: book the rest against what the server has now
    form.elements.shown.value = fresh.querySelector("[name=shown]").value;
    delete form.dataset.sent;
    form.requestSubmit();
    return;
  }
  const at = controls(row).indexOf(document.activeElement);
  row.replaceWith(fresh);
  controls(fresh)[at]?.focus();
}

const controls = (row) => [...row.querySelectorAll("a, button, input")];

document.addEventListener("submit", (event) => {
  const form = event.target;
  const row = form.closest("[data-in-place]");
  if (!row || event.defaultPrevented) return;
  event.preventDefault();
  send(form, row).catch(() => form.submit());
});
