// Checkout: another place brings its shipping, sum and ways to pay without leaving the page; two taps send once.
// The same form with the same answer works without this file, by the button "Show shipping".

const form = document.querySelector("[data-checkout]");
const place = form.elements.place;
const typed = form.elements.place_typed;
let asking;

// What was written, before a suggestion replaced it: the carrier may ask for the former name.
place.addEventListener("input", () => (typed.value = place.value));
// On a phone the bar and the keyboard take the lower half: suggestions need the upper one.
const phone = window.matchMedia("(max-width: 48em)");
place.addEventListener("focus", () => {
  if (phone.matches) place.closest("[data-place]").scrollIntoView({ block: "start", behavior: "instant" });
});

form.addEventListener("change", (event) => {
  if (event.target.name === "commune" && event.target.value) reckon();
});

async function reckon() {
  asking?.abort();
  asking = new AbortController();
  const body = new FormData(form);
  body.set("update", "1");
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal: asking.signal });
    if (!answer.ok || new URL(answer.url).pathname !== location.pathname) return location.assign(answer.url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(part.id);
      if (fresh) part.replaceWith(fresh);
    }
  } catch {
    // no signal for a moment: the button still asks the server
  }
}

let sent = false;
form.addEventListener("submit", (event) => {
  if (sent) return event.preventDefault();
  sent = true;
  form.setAttribute("aria-busy", "true");
});
// Coming back by the back button finds a form that can be sent again; the server knows its token.
window.addEventListener("pageshow", () => {
  sent = false;
  form.removeAttribute("aria-busy");
});
