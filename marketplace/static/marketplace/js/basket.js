// Put into the basket without leaving the page: the form goes out by itself, the count on the basket rises and a
// line says so. <form data-added="Đã thêm vào giỏ." data-lost="Mất mạng, chưa thêm được." data-basket="/gio-hang/"
// data-basket-words="Xem giỏ">. Anything but "added" (204 or a redirect) lets the form go the ordinary way.

const toast = document.createElement("p");
toast.className = "toast";
toast.setAttribute("role", "status");
document.body.append(toast);
let timer;

function say(words, link) {
  toast.replaceChildren(words, ...(link ? [" ", link] : []));
  clearTimeout(timer);
  timer = setTimeout(() => toast.replaceChildren(), 10000);
}

function basketLink(form) {
  const link = document.createElement("a");
  link.href = form.dataset.basket;
  link.textContent = form.dataset.basketWords;
  return link;
}

async function put(form, button) {
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      redirect: "manual",
      headers: { "X-Requested-With": "fetch" },
    });
    if (!answer.ok && answer.type !== "opaqueredirect") return form.submit();
    window.dispatchEvent(new Event("basket"));
    say(form.dataset.added, basketLink(form));
  } catch {
    say(form.dataset.lost);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

for (const form of document.querySelectorAll("form[data-added]")) {
  const button = form.querySelector("[type=submit]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!button.hasAttribute("aria-busy")) put(form, button);
  });
}
