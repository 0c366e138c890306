// Riffcord's frame around the conversation: channels, people, kind words, and what survives a reload.
// It is loaded before app.js, which asks `room.opening()` how to enter and then hands over its parts.

import { chooseLanguages, drawLanguages } from "./languages.js";
import { dressMessages, openMenus } from "./menus.js";
import { phoneView } from "./phone.js";
import { keepTimes } from "./times.js";
import { takeCommand, type, typeLikeDiscord } from "./typing.js";

const $ = (id) => document.getElementById(id);
const TICK_MS = 250;
const NOTICE_MS = 6000;
const PATIENCE_MS = 5000;
const LOST_MS = 15000; // an unreachable room has by then been tried many times
const BARS = 72;

const memory = {
  get: (key) => sessionStorage.getItem(`riffcord.${key}`) || "",
  set: (key, value) => sessionStorage.setItem(`riffcord.${key}`, value),
};

let page = null; // app.js: { dispatch, state, ui, loadAsset }
let drawn = ""; // what the sidebar shows now
let draftPlace = ""; // member and channel of the text in the composer
let entered = false; // a snapshot came at least once; later it is absent for moments
let probing = false;
let lastRead = null; // what the transport says of when the room was last heard
let lastReadAt = 0;

window.room = {
  opening: () => ({
    viewer_id: memory.get("member"),
    channel_id: memory.get("channel"),
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  }),
  attach(parts) {
    page = parts;
    setInterval(tick, TICK_MS);
    new MutationObserver(tellAction).observe($("action-status"), { childList: true, characterData: true, subtree: true });
    const dress = () => { drawWaveforms(); dressMessages(page, go); };
    new MutationObserver(dress).observe($("channel-message-list"), { childList: true, subtree: true });
    openMenus(page);
    chooseLanguages(go);
    $("room-age").addEventListener("change", (event) => go({ age_restricted: event.target.checked }));
    phoneView();
    $("room-try").addEventListener("click", () => { type("/riff"); takeCommand("/riff"); });
    typeLikeDiscord();
    keepNewestInSight();
    keepTimes();
  },
};

function tick() {
  const { state } = page;
  const snapshot = state.snapshot;
  if (state.closed || isLost() || (!entered && !snapshot && performance.now() > PATIENCE_MS)) { void comeBack(); return; }
  if (!snapshot?.room) return;
  entered = true;
  drawSidebar(snapshot);
  drawPresence(snapshot.room);
  keepDraft();
  $("room-welcome").hidden = (snapshot.timeline || []).length > 0 || document.body.dataset.place !== "text";
  $("channel-empty").textContent = "";
}

// Whether nothing was read for long; while all is well, the state of the transport says so.
function isLost() {
  const { state, lastSuccessfulRead } = page.state.transport;
  if (!["error", "uncertain"].includes(state) || lastSuccessfulRead !== lastRead) {
    lastRead = lastSuccessfulRead;
    lastReadAt = performance.now();
  }
  return performance.now() - lastReadAt > LOST_MS;
}

// ---------------------------------------------------------------- sidebar

function drawSidebar(snapshot) {
  const { room, viewerId } = snapshot;
  const wanted = JSON.stringify([room.channels, room.channelId, room.botIsHere, room.locale, room.guildLocale, room.manages, room.ageRestricted, viewerId, snapshot.viewers?.map((who) => who.avatar)]);
  if (wanted === drawn) return;
  drawn = wanted;
  if (viewerId) memory.set("member", viewerId);
  memory.set("channel", room.channelId);
  const here = room.channels.find((channel) => channel.id === room.channelId);
  document.title = here ? `${sign(here)}${here.name} · Riffcord` : "Riffcord";
  $("room-place").textContent = here ? `${sign(here)} ${here.name}` : "Riffcord";
  document.body.dataset.place = here?.kind || "text";
  $("room-channels").replaceChildren(...room.channels.map((channel) => entry(
    channel.id === room.channelId, `${sign(channel)} ${channel.name}`, null, () => go({ channel_id: channel.id }),
    channel.kind === "dm" ? "only you" : "", channel.kind,
  )));
  drawLanguages(room);
  drawAge(room, here);
  $("room-members").replaceChildren(...(snapshot.viewers || []).map((who) => entry(
    who.id === viewerId, who.name, face(who), () => go({ viewer_id: who.id }),
    room.moderators.includes(who.id) ? "moderator" : "",
  )));
  const musician = Object.values(snapshot.entities?.applications || {})[0];
  if (musician) {
    const label = Object.assign(document.createElement("span"), { className: "room-row-name", textContent: musician.name });
    const state = Object.assign(document.createElement("small"), { textContent: room.botIsHere ? "ready" : "away" });
    $("room-bot").replaceChildren(face(musician), label, state);
    $("room-bot").classList.toggle("is-away", !room.botIsHere);
  }
  restoreDraft(`${viewerId}.${room.channelId}`);
}

// What Discord asks in a channel's settings of those who manage it.
function drawAge(room, here) {
  const [box, label] = $("room-age").children;
  $("room-age").hidden = !room.manages;
  box.checked = room.ageRestricted;
  label.textContent = `#${here?.name ?? ""} is age-restricted`;
}

const SIGNS = { text: "#", thread: "↳", dm: "@" };
const sign = (place) => SIGNS[place.kind];

function entry(current, name, picture, choose, note = "", kind = "") {
  const item = document.createElement("li");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "room-row" });
  if (kind) button.dataset.kind = kind;
  if (current) button.setAttribute("aria-current", "true");
  if (picture) button.append(picture);
  button.append(Object.assign(document.createElement("span"), { className: "room-row-name", textContent: name }));
  if (note) button.append(Object.assign(document.createElement("small"), { textContent: note }));
  button.addEventListener("click", () => { if (!current) choose(); });
  item.append(button);
  return item;
}

// The page lets go of a picture when the member or the place changes; who is in the list is always shown.
const faces = new Map();

async function keepFace(id, url) {
  faces.set(id, URL.createObjectURL(await (await fetch(url)).blob()));
  return faces.get(id);
}

function face(who) {
  const picture = Object.assign(document.createElement("span"), { className: "room-face", textContent: who.name.slice(0, 1) });
  const show = (url) => picture.replaceChildren(Object.assign(document.createElement("img"), { src: url, alt: "" }));
  if (faces.has(who.id)) show(faces.get(who.id));
  else if (who.avatar) page.loadAsset(who.avatar).then((url) => keepFace(who.id, url)).then(show).catch(() => {});
  return picture;
}

function go(change) {
  const snapshot = page.state.snapshot;
  if (!snapshot) return;
  $("preview-shell").classList.remove("messages-open");
  window.dispatchEvent(new Event("resize"));
  page.dispatch("viewer", { viewer_id: snapshot.viewerId, channel_id: snapshot.room.channelId, ...change });
}

// ----------------------------------------------------------- kind words

function drawPresence(room) {
  const lost = page.state.transport?.state === "error";
  const words = lost
    ? "The room cannot be reached; Riffcord may have been stopped. Trying again…"
    : "Riffcord is away for a moment. It will be back; what you typed stays here.";
  const line = $("room-away");
  line.hidden = room.botIsHere && !lost;
  if (!line.hidden && line.textContent !== words) line.textContent = words;
}

const KIND_WORDS = new Map([
  ["Action outcome uncertain. It will not be retried.", "No answer came back. Look at the channel before you try again."],
  ["Action was not completed.", "That did not work. Please try again."],
]);
const SILENCE = "Riffcord did not answer in time. Please try again.";
let noticeTimer = 0;

function tellAction() {
  const last = page.state.lastAction;
  const silent = last?.acknowledgement === "unacknowledged" && !last.rejected;
  const told = silent ? SILENCE : KIND_WORDS.get($("action-status").textContent.trim());
  const refused = last?.diagnostics?.some((item) => item.code.startsWith("command-option"));
  const away = page.state.snapshot?.room && !page.state.snapshot.room.botIsHere;
  notice(told && !refused && !away ? told : "");
}

function notice(text) {
  clearTimeout(noticeTimer);
  const line = $("room-notice");
  line.textContent = text;
  line.hidden = !text;
  if (text) noticeTimer = setTimeout(() => notice(""), NOTICE_MS);
}

// The page was dropped (a long sleep) or the room ended: enter again, or say what happened.
async function comeBack() {
  if (probing) return;
  probing = true;
  try {
    const answer = await fetch("/api/pages", {
      method: "POST",
      headers: { "X-Simcord-Capability": location.hash.slice(1), "Content-Type": "application/json" },
      body: JSON.stringify(window.room.opening()),
    });
    if (answer.ok) { location.reload(); return; }
    closed("It was started anew. Open the address that Riffcord printed in its terminal.");
  } catch {
    closed("Riffcord was stopped. Start it again and open the address that it prints.");
    setTimeout(() => { probing = false; }, 3000);
  }
}

function closed(text) {
  $("room-closed-text").textContent = text;
  if (!$("room-closed").open) $("room-closed").showModal();
}

// ---------------------------------------------------------------- drafts

function keepDraft() {
  const isCommand = document.querySelector(".command-chip") !== null;
  if (draftPlace) memory.set(`draft.${draftPlace}`, isCommand ? "" : $("channel-composer-input").value);
}

function restoreDraft(place) {
  if (place === draftPlace) return;
  draftPlace = place;
  const text = memory.get(`draft.${place}`);
  if (text && !$("channel-composer-input").value) type(text, false);
}

// -------------------------------------------------------------- timeline

// The conversation opens at its end and stays there until the reader scrolls up.
function keepNewestInSight() {
  const timeline = $("channel-timeline");
  let following = true;
  const distance = () => timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight;
  const follow = () => { if (following) timeline.scrollTop = timeline.scrollHeight; };
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    timeline.addEventListener(kind, () => requestAnimationFrame(() => { following = distance() < 60; }), { passive: true });
  }
  timeline.addEventListener("scroll", () => { if (distance() < 4) following = true; }, { passive: true });
  $("new-messages").addEventListener("click", () => { following = true; });
  $("channel-composer").addEventListener("submit", () => { following = true; });
  window.room.commandSent = () => { following = true; follow(); };
  const observer = new ResizeObserver(follow);
  observer.observe($("channel-message-list"));
  observer.observe(timeline);
}

// A player shows the shape of its sound; a click in it seeks.
function drawWaveforms() {
  for (const audio of document.querySelectorAll(".audio-player audio")) {
    if (audio.dataset.shape) continue;
    audio.dataset.shape = "waiting";
    const draw = () => { void drawWaveform(audio); };
    if (audio.readyState) draw();
    else audio.addEventListener("loadedmetadata", draw, { once: true });
  }
}

async function drawWaveform(audio) {
  const player = audio.closest(".audio-player");
  if (!player || !audio.src) return;
  let heights;
  try {
    const bytes = await (await fetch(audio.src)).arrayBuffer();
    const sound = await new OfflineAudioContext(1, 1, 22050).decodeAudioData(bytes);
    heights = barHeights(sound.getChannelData(0));
  } catch { return; }
  const shape = Object.assign(document.createElement("div"), { className: "room-shape" });
  shape.setAttribute("aria-hidden", "true");
  for (const height of heights) {
    const bar = document.createElement("i");
    bar.style.height = `${Math.max(6, Math.round(height * 100))}%`;
    shape.append(bar);
  }
  shape.addEventListener("click", (event) => {
    const box = shape.getBoundingClientRect();
    if (Number.isFinite(audio.duration)) audio.currentTime = (event.clientX - box.left) / box.width * audio.duration;
  });
  const paint = () => {
    const reached = audio.duration ? audio.currentTime / audio.duration * BARS : 0;
    [...shape.children].forEach((bar, index) => bar.classList.toggle("is-past", index < reached));
  };
  for (const kind of ["timeupdate", "seeked", "ended"]) audio.addEventListener(kind, paint);
  player.querySelector(".room-shape")?.remove();
  audio.after(shape);
}

function barHeights(samples) {
  const step = Math.max(1, Math.floor(samples.length / BARS));
  const loudness = Array.from({ length: BARS }, (_, bar) => {
    let sum = 0;
    for (let at = bar * step; at < (bar + 1) * step && at < samples.length; at += 8) sum += samples[at] ** 2;
    return Math.sqrt(sum / (step / 8));
  });
  const loudest = Math.max(...loudness, 1e-6);
  return loudness.map((value) => value / loudest);
}
