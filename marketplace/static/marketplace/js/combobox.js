// Suggestions under a text box, by the ARIA combobox pattern: search (an option leads to a page) and the commune
// box (an option fills in a code). Without this file the box is a plain text field that the server answers.

const PAUSE = 180; // ms of quiet before asking
let serial = 0;

class Combobox {
  constructor(root) {
    this.root = root;
    this.input = root.querySelector("input[type=search], input[type=text]");
    this.code = document.getElementById(root.dataset.into ?? "");
    this.items = [];
    this.at = -1;
    this.list = document.createElement("div");
    Object.assign(this.list, { id: `options-${++serial}`, className: "options", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.input.labels?.[0]?.textContent.trim() ?? "");
    this.status = document.createElement("p");
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    (this.input.closest(".field") ? this.input : root.lastElementChild).after(this.list, this.status);
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.setAttribute("autocomplete", "off");
    this.close();
    this.listen();
  }

  listen() {
    this.input.addEventListener("input", () => {
      if (this.code) this.code.value = ""; // what was picked is no longer what is written
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), PAUSE);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // keep the focus in the box
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.pick(Number(option.dataset.at), event);
    });
  }

  async ask() {
    const query = this.input.value.trim();
    this.asking?.abort();
    if (query.length < 2) return this.close();
    this.asking = new AbortController();
    try {
      const url = new URL(this.root.dataset.combobox, location.href);
      url.searchParams.set("q", query);
      const answer = await fetch(url, { signal: this.asking.signal, headers: { Accept: "application/json" } });
      if (answer.ok) this.show((await answer.json()).slice(0, 8));
    } catch (error) {
      if (error.name !== "AbortError") this.close(); // no connection: the box still works by itself
    }
  }

  show(items) {
    this.items = items;
    this.at = -1;
    this.list.replaceChildren(...items.map((item, at) => this.option(item, at)));
    const open = items.length > 0 && document.activeElement === this.input;
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    this.input.removeAttribute("aria-activedescendant");
    this.status.textContent = (this.root.dataset.found ?? "%d").replace("%d", items.length);
  }

  option(item, at) {
    const option = document.createElement(item.url ? "a" : "div");
    if (item.url) option.href = item.url;
    option.id = `${this.list.id}-${at}`;
    option.className = "option";
    option.tabIndex = -1;
    option.dataset.at = at;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const words = document.createElement("span");
    words.textContent = item.label;
    const note = item.note ?? item.old;
    if (note) {
      const small = document.createElement("small");
      small.textContent = note;
      words.append(small);
    }
    option.append(words);
    return option;
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !this.list.hidden) {
      event.preventDefault();
      this.mark((this.at + step + this.items.length + (this.at < 0 && step < 0 ? 1 : 0)) % this.items.length);
    } else if (event.key === "Enter" && !this.list.hidden && this.at >= 0) {
      event.preventDefault();
      this.pick(this.at);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    }
  }

  mark(at) {
    this.at = at;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    this.list.children[at].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", this.list.children[at].id);
  }

  pick(at, click) {
    const item = this.items[at];
    if (item.url) {
      if (!click) location.assign(item.url); // a click on the link goes there by itself
      return;
    }
    this.input.value = item.label;
    if (this.code) {
      this.code.value = item.code;
      this.code.dispatchEvent(new Event("change", { bubbles: true }));
    } else {
      this.input.form?.requestSubmit();
    }
    this.close();
  }

  close() {
    this.asking?.abort();
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

for (const root of document.querySelectorAll("[data-combobox]")) new Combobox(root);
