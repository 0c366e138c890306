// Which language a member's Discord is in, and which one the server prefers.

const $ = (id) => document.getElementById(id);

// Discord, "Locales".
const LOCALES = ["en-US", "en-GB", "de", "es-ES", "es-419", "ja", "zh-CN", "zh-TW", "bg", "cs", "da", "el", "fi", "fr",
  "hi", "hr", "hu", "id", "it", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk", "vi"];

const selects = () => [$("room-locale"), $("room-guild-locale")];

/** Fill the two lists; a choice is told to the room. */
export function chooseLanguages(go) {
  for (const select of selects()) {
    select.replaceChildren(...LOCALES.map((code) => new Option(named(code), code)));
    select.addEventListener("change", () => {
      const [own, guild] = selects();
      go({ locale: own.value, guild_locale: guild.value });
    });
  }
}

/** Show what the room says. */
export function drawLanguages(room) {
  [$("room-locale").value, $("room-guild-locale").value] = [room.locale, room.guildLocale];
}

function named(code) {
  return new Intl.DisplayNames([code], { type: "language" }).of(code);
}
