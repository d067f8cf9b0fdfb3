// Fetches the PDF in the background, so that the page can say what is going on. Without it the form works as it is.
const form = document.querySelector("[data-gc-print]");
const part = (name) => form.querySelector(`[data-gc-${name}]`);
const words = JSON.parse(document.getElementById("gc-print-words").textContent);
const say = (key, count) => words[key][count === 1 ? 0 : 1].replace("{n}", count);

const wanted = () => {
  const again = form.querySelector("input[name=again]:checked")?.value === "yes";
  return Number(form.dataset.fresh) + (again ? Number(form.dataset.printed) : 0);
};

const showCount = () => {
  part("submit").textContent = say("print", wanted());
  part("submit").disabled = wanted() === 0;
};

const showWork = (working) => {
  part("submit").disabled = working;
  part("progress").hidden = !working;
  form.setAttribute("aria-busy", String(working));
};

const fileName = (response) =>
  /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "cards.pdf";

const offer = (blob, name) => {
  const address = URL.createObjectURL(blob);
  part("open").href = address;
  Object.assign(part("save"), { href: address, download: name });
  part("save").click();
  part("done").hidden = false;
  part("open").focus();
};

const isPdf = (response) => response.headers.get("Content-Type") === "application/pdf";

const print = async () => {
  const count = wanted();
  part("done").hidden = true;
  part("submit").textContent = part("status").textContent = say("preparing", count);
  showWork(true);
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form) });
    // Anything else is a page that says what is wrong: the browser asks for it again and shows it.
    if (!isPdf(response)) return form.submit();
    offer(await response.blob(), fileName(response));
    part("status").textContent = say("ready", count);
    part("submit").hidden = true;
  } catch {
    part("status").textContent = words.broken;
    showCount();
  }
  showWork(false);
};

form.addEventListener("change", showCount);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  print();
});
showCount();
