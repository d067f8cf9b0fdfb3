/** Loaded before the client, which knows only the vendor's host: calls to it go to STIPOP_HERE. The client stays as it is. */
"use strict";
const http = require("node:http");
const https = require("node:https");

const { hostname, port } = new URL(process.env.STIPOP_HERE);
const request = https.request;

https.request = (options, ...rest) => {
  if (options.hostname !== "messenger.stipop.io") return request(options, ...rest);
  const here = { ...options, protocol: "http:", hostname, host: hostname, port, agent: undefined };
  return http.request(here, ...rest);
};
