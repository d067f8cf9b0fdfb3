/** The receiver's page. Without this module it shows the same video with the browser's own controls. */
import { start } from "./player.js";
import { tellWhenSeen } from "./seen.js";

start(document);
tellWhenSeen();
