// The room as a phone shows it: the same page in a frame of a phone's real width.

const $ = (id) => document.getElementById(id);

export function phoneView() {
  if (window !== window.top) { document.body.dataset.framed = "true"; return; }
  const frame = $("room-phone-frame");
  const dialog = $("room-phone");
  $("room-phone-open").addEventListener("click", () => {
    frame.src = `/?phone${location.hash}`;
    dialog.showModal();
  });
  dialog.addEventListener("close", () => { frame.src = "about:blank"; });
  $("room-phone-close").addEventListener("click", () => dialog.close());
}
