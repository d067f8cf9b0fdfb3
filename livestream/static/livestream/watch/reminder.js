/** Sends the reminder's form without leaving the page. */

export function equipReminder(form, { news, say }) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { isDone, text } = await send(form).catch(() => ({ isDone: false, text: say("askAgain") }));
    news.textContent = text;
    news.dataset.lvTone = isDone ? "good" : "trouble";
    if (isDone) form.reset();
  });
}

async function send(form) {
  const headers = { Accept: "application/json" };
  const response = await fetch(form.action, { method: "POST", headers, body: new FormData(form) });
  return { isDone: response.ok, text: (await response.json()).message };
}
