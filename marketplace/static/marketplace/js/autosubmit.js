// Forms that need no button once JavaScript is here: filters and sorting on a desk (data-autosubmit="desk"; on a
// phone a person ticks several things first), a basket line anywhere (data-autosubmit="always").

const desk = window.matchMedia("(min-width: 64em)");
const waiting = new WeakMap();

document.addEventListener("change", (event) => {
  const form = event.target.form;
  const when = form?.dataset.autosubmit;
  if (!when || (when === "desk" && !desk.matches)) return;
  clearTimeout(waiting.get(form));
  waiting.set(
    form,
    setTimeout(() => form.requestSubmit(), 400),
  );
});

// An address that can be read and shared: what was left empty, or at the first choice of a list, is not sent.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "get") return;
  for (const field of event.target.elements) {
    const untouched = field.selectedIndex === undefined ? field.value === "" : field.selectedIndex === 0;
    if (field.name && untouched && !field.disabled) {
      field.disabled = true;
      setTimeout(() => (field.disabled = false));
    }
  }
});
