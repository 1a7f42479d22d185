// @ts-check
/** How large a picture is, by the head of its file: before it is decoded, which may take more memory than a phone has. Pure. */

/** @typedef {{width: number, height: number}} Size */

/** Returns the size of a PNG, JPEG or WebP in pixels; null where its head does not say. @param {Uint8Array} head @returns {Size|null} */
export function sizeOf(head) {
  const bytes = new DataView(head.buffer, head.byteOffset, head.byteLength);
  try {
    if (bytes.getUint32(0) === 0x89504e47) return { width: bytes.getUint32(16), height: bytes.getUint32(20) };
    if (bytes.getUint16(0) === 0xffd8) return ofJpeg(bytes);
    if (bytes.getUint32(0) === 0x52494646 && bytes.getUint32(8) === 0x57454250) return ofWebp(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return null;
}

/** Looks for the segment that says how a frame begins. Source: ITU T.81, B.2.2. @param {DataView} bytes @returns {Size|null} */
function ofJpeg(bytes) {
  for (let at = 2; at < bytes.byteLength; at += 2 + bytes.getUint16(at + 2)) {
    const marker = bytes.getUint16(at);
    if (marker >> 8 !== 0xff) return null;
    const frame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (frame) return { width: bytes.getUint16(at + 7), height: bytes.getUint16(at + 5) };
  }
  return null;
}

/** Source: RFC 9649. @param {DataView} bytes @returns {Size|null} */
function ofWebp(bytes) {
  const three = (/** @type {number} */ at) => bytes.getUint16(at, true) | (bytes.getUint8(at + 2) << 16);
  switch (bytes.getUint32(12)) {
    case 0x56503858:
      return { width: three(24) + 1, height: three(27) + 1 };
    case 0x5650384c: {
      const bits = bytes.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case 0x56503820:
      return { width: bytes.getUint16(26, true) & 0x3fff, height: bytes.getUint16(28, true) & 0x3fff };
    default:
      return null;
  }
}
