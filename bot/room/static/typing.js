// Discord's habits of hand in the composer: which keys take a command, an option or a suggestion, and how a
// whole command line becomes a filled-in command. It acts through simcord's own fields and lists.

// How long a list of people or channels may take to come.
const LIST_MS = 5000;
const composer = () => document.getElementById("channel-composer-input");
const plain = (text) => text.trim().replace(/\s+/g, " ");
const fieldOf = (name) => document.querySelector(`input[data-option="${CSS.escape(name)}"]`);
const suggestions = () => [...document.querySelectorAll(".command-suggestion")];
const labelOf = (item) => plain(item.querySelector(".command-suggestion-label")?.textContent || "").replace(/^[#@]\s*/, "");
const hasList = (owner) => owner.getAttribute("aria-controls") === "command-suggestion-listbox";

export function typeLikeDiscord() {
  let walked = false;
  document.addEventListener("keydown", (event) => {
    if (!event.isTrusted || event.isComposing) return;
    const field = event.target;
    if (field === composer() && event.key === " ") {
      const entry = commandEntry(field.value.trim());
      if (!entry) return;
      swallow(event);
      entry.click();
    } else if (field instanceof HTMLInputElement && field.dataset.option) {
      // Enter sends what stands in the field; a suggestion that is anything else is taken first.
      if (event.key === "Enter" && !walked && isWhatIsTyped(field)) press(field, "Escape");
      walked = event.key === "ArrowDown" || event.key === "ArrowUp";
    } else if (field instanceof HTMLButtonElement && hasList(field)) {
      narrow(field, event);
    }
  }, true);
  document.addEventListener("input", (event) => {
    if (event.isTrusted && event.target instanceof HTMLInputElement && event.target.dataset.option) goToNamed(event.target);
  });
  document.addEventListener("paste", (event) => {
    if (event.target !== composer() || composer().value.trim()) return;
    const line = event.clipboardData?.getData("text").trim().replace(/^`+|`+$/g, "") || "";
    if (fillIn(line)) swallow(event);
  }, true);
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[role=listbox]")) return;
    requestAnimationFrame(() => {
      const fields = document.querySelectorAll("input[data-option]");
      if (document.activeElement === document.body) fields[fields.length - 1]?.focus();
    });
  });
}

/** Put text into the composer as if it had been typed. */
export function type(text, focus = true) {
  composer().value = text;
  if (focus) composer().focus();
  composer().setSelectionRange(text.length, text.length);
  composer().dispatchEvent(new Event("input", { bubbles: true }));
}

/** Take a command as soon as the picker shows it. */
export function takeCommand(typed, tries = 60) {
  const entry = commandEntry(typed);
  if (entry) entry.click();
  else if (tries) requestAnimationFrame(() => takeCommand(typed, tries - 1));
}

function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function press(field, key) {
  field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}

// What a command is called: by the member's language, and by the name that it was registered with.
const invocations = (entry) => [entry.querySelector("strong")?.textContent || "", entry.dataset.registered];

// The entry of the open picker that is exactly this command; a group of commands is none.
function commandEntry(typed) {
  return [...document.querySelectorAll(".command-entry")].find((entry) => invocations(entry).includes(typed));
}

function isWhatIsTyped(field) {
  const active = suggestions().find((item) => item.getAttribute("aria-selected") === "true");
  if (!active || !hasList(field)) return false;
  return [labelOf(active), plain(active.dataset.value)].includes(plain(field.value));
}

// ------------------------------------------------------- the list of options

// Letters narrow the list that stands open over a button; it keeps what was typed for as long as it is open.
function narrow(owner, event) {
  const list = document.getElementById("command-suggestion-listbox");
  const typed = list.dataset.typed || "";
  const isLetter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key === ":" && suggestions().some((item) => item.dataset.value === typed)) {
    swallow(event);
    openOption(typed);
  } else if (isLetter || (event.key === "Backspace" && typed)) {
    swallow(event);
    show(owner, list, isLetter ? typed + event.key.toLowerCase() : typed.slice(0, -1));
  } else if (event.key === "Enter" && typed && suggestions().every((item) => item.hidden)) {
    swallow(event);
  }
}

function show(owner, list, typed) {
  list.dataset.typed = typed;
  for (const item of suggestions()) {
    item.hidden = !item.textContent.toLowerCase().includes(typed);
    item.setAttribute("aria-disabled", String(item.hidden)); // the arrows pass it over
  }
  const isHidden = () => suggestions().some((item) => item.hidden && item.getAttribute("aria-selected") === "true");
  for (const key of ["ArrowDown", "ArrowUp"]) if (isHidden()) press(owner, key);
  list.previousElementSibling.textContent = typed ? `OPTIONS MATCHING ${typed.toUpperCase()}` : "OPTIONS";
}

// ---------------------------------------------------- whole lines of a command

const options = () => window.simcordPreview.commandPicker.draft?.options || [];
const optionNames = () => options().map((option) => option.name);
const optionOf = (name) => options().find((option) => option.name === name);

// "seed:" typed after the words of another option goes to that option, as it does on Discord.
function goToNamed(field) {
  const named = /^(.*?)(?:^|\s)([\w-]+):$/s.exec(field.value);
  if (!named || field.selectionStart !== field.value.length || !optionNames().includes(named[2])) return;
  const [, before, name] = named;
  if (name === field.dataset.option && before) return;
  write(field, before);
  if (name !== field.dataset.option) openOption(name);
}

function openOption(name) {
  const field = fieldOf(name);
  if (field) { field.focus(); return; }
  document.querySelector(".command-ghost")?.click();
  suggestions().find((item) => item.dataset.value === name)?.click();
}

function write(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// A line such as "/riff prompt:lofi rain seed:7" becomes that command, filled in; false where it is none.
function fillIn(line) {
  if (!/^\/\S[^\n]*$/.test(line)) return false;
  type(line.split(" ", 1)[0]);
  const fitting = [...document.querySelectorAll(".command-entry")]
    .flatMap((entry) => invocations(entry).map((name) => ({ entry, name })))
    .filter(({ name }) => `${line} `.startsWith(`${name} `))
    .sort((one, other) => other.name.length - one.name.length);
  if (!fitting.length) { type(""); return false; }
  const rest = line.slice(fitting[0].name.length).trim();
  fitting[0].entry.click();
  fill(valuesIn(rest));
  return true;
}

// Where people, channels or roles are asked for, their list is waited for; a moment, then the words stand as they are.
async function fill(values) {
  for (const [name, value] of values) {
    openOption(name);
    const called = plain(value.replace(/^[#@]/, ""));
    const named = () => fieldOf(name) && suggestions().find((item) => labelOf(item) === called);
    const isListed = ["user", "channel", "role", "mentionable"].includes(optionOf(name)?.type);
    const until = Date.now() + (isListed ? LIST_MS : 0);
    while (Date.now() < until && !named()) await new Promise(requestAnimationFrame);
    const field = fieldOf(name);
    if (named()) named().click(); else if (field) write(field, value);
  }
  const fields = [...document.querySelectorAll("input[data-option]")];
  const last = fields.find((field) => !field.value) || fields[fields.length - 1];
  last?.focus();
  if (last?.value) press(last, "Escape");
}

// What a line says of each option; words before the first name are the first option's.
function valuesIn(rest) {
  const names = optionNames();
  const marks = [...rest.matchAll(/(?:^|\s)([\w-]+):/g)].filter((mark, place, all) => (
    names.includes(mark[1]) && all.findIndex((other) => other[1] === mark[1]) === place
  ));
  const ends = [...marks.slice(1).map((mark) => mark.index), rest.length];
  const values = marks.map((mark, place) => [mark[1], rest.slice(mark.index + mark[0].length, ends[place]).trim()]);
  const before = rest.slice(0, marks.length ? marks[0].index : rest.length).trim();
  return before && names.length ? [[names[0], before], ...values] : values;
}
