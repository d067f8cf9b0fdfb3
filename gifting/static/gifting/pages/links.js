/** The page as the server would show it now. */

export async function freshPage() {
  const response = await fetch(location.href, { cache: "no-store" });
  if (!response.ok) throw new Error(`The page answered ${response.status}.`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** The player with addresses that are valid again; null where the page shows no video any more. */
export async function freshPlayer() {
  return (await freshPage()).querySelector("[data-gc-player]");
}
