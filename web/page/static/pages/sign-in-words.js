// @ts-check
/** A line of the log of sign-ins, in words. */

import { ago } from "../ui/time.js";
import { deviceName } from "./device-name.js";

/** @typedef {{at: string, way: string, succeeded: boolean, address: string, device: string}} SignInLine */

/** Returns when, by what and from where. @param {SignInLine} line */
export function signInWords(line) {
  const way = line.succeeded ? line.way : `refused: ${line.way}`;
  return [ago(line.at), way, deviceName(line.device), line.address].filter(Boolean).join(" · ");
}
