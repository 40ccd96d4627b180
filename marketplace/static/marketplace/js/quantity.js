// The − and + beside a quantity. The box stays a number that can be typed; the server checks it again.

function set(box, value) {
  const input = box.querySelector("input");
  const least = Number(input.min || 1);
  const most = Number(input.max || Infinity);
  const wanted = Math.min(Math.max(value, least), most);
  if (String(wanted) !== input.value) {
    input.value = wanted;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  mark(box);
}

function mark(box) {
  const input = box.querySelector("input");
  const value = Number(input.value);
  box.querySelector('[data-step="-1"]').disabled = value <= Number(input.min || 1);
  box.querySelector('[data-step="1"]').disabled = Boolean(input.max) && value >= Number(input.max);
  const total = box.closest("form")?.querySelector("[data-total]");
  if (total && value > 0) {
    total.textContent = (value * Number(total.dataset.total)).toLocaleString("vi-VN") + "\u00a0₫";
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-quantity] [data-step]");
  if (!button) return;
  const box = button.closest("[data-quantity]");
  set(box, (Number.parseInt(box.querySelector("input").value, 10) || 0) + Number(button.dataset.step));
});
document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-quantity]");
  if (box) mark(box);
});
for (const box of document.querySelectorAll("[data-quantity]")) mark(box);
