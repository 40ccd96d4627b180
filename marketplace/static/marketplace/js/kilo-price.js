// Says under the price what it is for a kilogram. The server reads both boxes: it alone knows how people type amounts.

const out = document.querySelector("[data-kilo-price]");
const form = out?.closest("form");
let timer;
let asking;

async function ask() {
  asking?.abort();
  asking = new AbortController();
  const url = new URL(out.dataset.kiloPrice, location.href);
  url.searchParams.set("price", form.elements.price.value);
  url.searchParams.set("pack", form.elements.pack_grams.value);
  try {
    const answer = await fetch(url, { signal: asking.signal });
    if (answer.ok) out.textContent = await answer.text();
  } catch {
    // no signal: nothing to show
  }
}

form?.addEventListener("input", (event) => {
  if (!["price", "pack_grams"].includes(event.target.name)) return;
  clearTimeout(timer);
  timer = setTimeout(ask, 300);
});
if (form) ask();
