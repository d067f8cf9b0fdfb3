// Sends the file without leaving the page: after a check the same file can be imported, still chosen.
const form = document.querySelector("[data-lc-import]");
const busy = form.querySelector("[data-lc-busy]");
const result = document.querySelector("[data-lc-result]");
const buttons = form.querySelectorAll("button");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  for (const button of buttons) button.disabled = true;
  busy.textContent = busy.dataset.text;
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    form.submit();
  } finally {
    for (const button of buttons) button.disabled = false;
    busy.textContent = "";
  }
});

function show(page) {
  const fresh = page.querySelector("[data-lc-result]");
  const refusals = page.querySelectorAll("[data-lc-import] .errorlist");
  result.replaceChildren(...(refusals.length ? refusals : fresh?.childNodes ?? page.body.childNodes));
}
