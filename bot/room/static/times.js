// Relative times are told as of now and go on while one looks, as on Discord; simcord's are those of its last publication.

const TICK_MS = 1000;
const STEPS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

/** Keep every relative time of the page true. */
export function keepTimes() {
  setInterval(() => {
    for (const time of document.querySelectorAll("time[data-relative]")) {
      const told = relative(new Date(time.dateTime), time.dataset.relative);
      if (time.textContent !== told) time.textContent = told;
    }
  }, TICK_MS);
}

function relative(date, locale) {
  const seconds = (date.getTime() - Date.now()) / 1000;
  const [unit, length] = STEPS.find(([, each]) => Math.abs(seconds) >= each) || ["second", 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(seconds / length), unit);
}
