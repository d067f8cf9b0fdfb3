// The merchandiser's live console: ties the parts together.
import { Api } from "./api.js";
import { barView } from "./bar.js";
import { cuesView } from "./cues.js";
import { Desk } from "./desk.js";
import { listen } from "./keys.js";
import { News } from "./news.js";
import { seeView } from "./see.js";
import { setView } from "./set.js";
import { Store } from "./store.js";
import { trayView } from "./tray.js";

const config = JSON.parse(document.getElementById("lc-config").textContent);
const { words, may, hls, hosted } = config;
const store = new Store(config.first, config.tray);
const api = new Api(config);
const desk = new Desk(store, api, words, may);
const parts = { store, api, words, may, hls, hosted, desk };

const bar = barView(parts);
const tray = trayView(parts);
const views = [bar.draw, setView(parts), tray.draw, cuesView(parts).draw, seeView(parts)];
const draw = () => views.forEach((view) => view());
const news = new News(store, api, bar.connection);

desk.cardOf = tray.cardFor;
desk.onrefused = () => news.lookSoon();
store.addEventListener("change", draw);
draw();
news.start();
listen({ store, tray, desk });
