// @ts-check
/** Passkeys in the browser: made for a challenge of the server's, and asked to sign one. */

/**
 * @typedef {{challenge: string, host: string, passkeys: {id: string, transports: string[]}[], timeoutMs: number}} Challenge
 * @typedef {Challenge & {user: string, userName: string, algorithms: number[]}} NewPasskeyChallenge
 */

/** Returns whether this browser knows passkeys; it does at https and at localhost alone. */
export const canUsePasskeys = () => "PublicKeyCredential" in window;

/** Has an authenticator sign the challenge; returns what it says, for the server. @param {Challenge} asked */
export async function signChallenge(asked) {
  const credential = await told(
    navigator.credentials.get({
      publicKey: {
        challenge: bytes(asked.challenge),
        rpId: asked.host,
        allowCredentials: asked.passkeys.map(descriptor),
        userVerification: "required",
        timeout: asked.timeoutMs,
      },
    }),
  );
  const said = /** @type {AuthenticatorAssertionResponse} */ (credential.response);
  return {
    id: credential.id,
    clientData: text(said.clientDataJSON),
    authenticatorData: text(said.authenticatorData),
    signature: text(said.signature),
  };
}

/** Has an authenticator make a passkey; returns what it says of it, for the server. @param {NewPasskeyChallenge} asked */
export async function makePasskey(asked) {
  const credential = await told(
    navigator.credentials.create({
      publicKey: {
        challenge: bytes(asked.challenge),
        rp: { id: asked.host, name: "Hexroom" },
        user: { id: bytes(asked.user), name: asked.userName, displayName: asked.userName },
        pubKeyCredParams: asked.algorithms.map((alg) => ({ type: "public-key", alg })),
        excludeCredentials: asked.passkeys.map(descriptor),
        authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
        attestation: "none",
        timeout: asked.timeoutMs,
      },
    }),
  );
  const said = /** @type {AuthenticatorAttestationResponse} */ (credential.response);
  return {
    id: credential.id,
    clientData: text(said.clientDataJSON),
    attestationObject: text(said.attestationObject),
    transports: (said.getTransports?.() ?? []).slice(0, 8),
  };
}

/** @type {Record<string, string>} */
const WORDS = {
  NotAllowedError: "No passkey was used: it was cancelled, or took too long.",
  InvalidStateError: "This device, or your password manager, has a passkey for this account already.",
  SecurityError: "The browser allows no passkeys at this address: whoever runs the server sets HEXROOM_PUBLIC_URL.",
  NotSupportedError: "This device makes no passkeys of a kind that the server knows.",
};

/** Raises an error with words for people for what a browser says. @param {Promise<Credential|null>} asked @returns {Promise<PublicKeyCredential>} */
async function told(asked) {
  try {
    const credential = await asked;
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (error) {
    const { name, message } = /** @type {DOMException} */ (error);
    throw new Error(WORDS[name] ?? message);
  }
  throw new Error(WORDS.NotAllowedError);
}

/** @param {{id: string, transports: string[]}} passkey @returns {PublicKeyCredentialDescriptor} */
const descriptor = ({ id, transports }) => ({
  type: "public-key",
  id: bytes(id),
  transports: /** @type {AuthenticatorTransport[]} */ (transports),
});

/** @param {string} base64url */
function bytes(base64url) {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer */
function text(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
