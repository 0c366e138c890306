// What Discord has around a message and simcord's page has not: its Apps menu, its thread, its voice.

const VOICE = 1 << 13; // Discord, "Message Flags": IS_VOICE_MESSAGE

let page = null;
let menu = null;

const messageOf = (target) => target instanceof Element && target.closest("[data-message-id]");
const known = (article) => page.state.snapshot?.messages?.[article.dataset.messageId];

/** A right click, a long touch or the dots of a message open its menu. */
export function openMenus(parts) {
  page = parts;
  document.getElementById("channel-message-list").addEventListener("contextmenu", (event) => {
    const article = messageOf(event.target);
    if (!article || !commands(article).length) return;
    event.preventDefault();
    open(article, event.clientX, event.clientY);
  });
  for (const kind of ["pointerdown", "resize"]) {
    window.addEventListener(kind, (event) => { if (!menu?.contains(event.target)) close(); }, true);
  }
  document.addEventListener("keydown", keys, true);
}

/** Give every message its dots, its thread and its voice, once. */
export function dressMessages(parts, go) {
  page = parts;
  for (const article of document.querySelectorAll("#channel-message-list [data-message-id]")) {
    const message = known(article);
    if (!message) continue;
    article.classList.toggle("is-voice", Boolean(message.flags & VOICE));
    addDots(article);
    addThread(article, go);
  }
}

// A private answer has no menu on Discord either.
function commands(article) {
  return known(article)?.ephemeral ? [] : page.state.snapshot?.room?.menus || [];
}

function addDots(article) {
  if (article.querySelector(".room-dots") || !commands(article).length) return;
  let bar = article.querySelector(".message-context-actions");
  if (!bar) {
    bar = Object.assign(document.createElement("div"), { className: "message-context-actions" });
    article.append(bar);
  }
  const dots = Object.assign(document.createElement("button"), {
    type: "button", className: "message-action-button room-dots", textContent: "⋯", title: "Apps",
  });
  dots.setAttribute("aria-label", "Apps");
  dots.setAttribute("aria-haspopup", "menu");
  dots.addEventListener("click", () => {
    const box = dots.getBoundingClientRect();
    open(article, box.right, box.bottom);
  });
  bar.append(dots);
}

// A thread that began at a message carries its id; the line that tells of it leads there.
function addThread(article, go) {
  const line = article.querySelector(".thread-summary");
  if (!line || line.dataset.leads) return;
  line.dataset.leads = "true";
  line.setAttribute("role", "link");
  line.tabIndex = 0;
  const lead = () => go({ channel_id: article.dataset.messageId });
  line.addEventListener("click", lead);
  line.addEventListener("keydown", (event) => { if (event.key === "Enter") lead(); });
}

function open(article, x, y) {
  close();
  const messageId = article.dataset.messageId;
  menu = Object.assign(document.createElement("div"), { className: "room-apps" });
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", "Apps");
  menu.append(Object.assign(document.createElement("h2"), { textContent: "Apps" }));
  for (const command of commands(article)) {
    const item = Object.assign(document.createElement("button"), { type: "button", textContent: command.label });
    item.setAttribute("role", "menuitem");
    item.addEventListener("click", () => {
      close();
      page.dispatch("click", { control_key: `message:${messageId}:component:menu:${command.id}` });
    });
    menu.append(item);
  }
  document.getElementById("preview-app").append(menu);
  const frame = menu.parentElement.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(x - frame.left, frame.width - width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y - frame.top, frame.height - height - 8))}px`;
  menu.querySelector("button").focus();
}

function close() {
  menu?.remove();
  menu = null;
}

function keys(event) {
  if (!menu) return;
  const items = [...menu.querySelectorAll("button")];
  const step = { ArrowDown: 1, ArrowUp: items.length - 1 }[event.key];
  if (event.key === "Escape") close();
  else if (step) items[(items.indexOf(document.activeElement) + step) % items.length].focus();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}
