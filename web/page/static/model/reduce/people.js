// @ts-check
/** Who belongs to the table, and who is here. */

/** @typedef {import("../types.js").Person} Person */

/** @param {import("../reduce.js").Room} room @param {import("../types.js").Message} m @returns {import("../reduce.js").Room} */
export function reducePeople(room, m) {
  const change = (/** @type {Partial<Person>} */ part) => {
    const known = room.people.some((p) => p.userId === m.userId);
    const people = known
      ? room.people.map((p) => (p.userId === m.userId ? { ...p, ...part } : p))
      : [
          ...room.people,
          { userId: m.userId, name: m.name ?? "Somebody", role: m.role ?? "player", online: false, ...part },
        ];
    return { ...room, people: sorted(people) };
  };
  switch (m.type) {
    case "session:state":
      return { ...room, people: sorted((m.connectedPlayers ?? []).map(whole)) };
    case "player:presence": {
      const people = sorted(
        (m.players ?? [])
          .map((/** @type {Person} */ p) => ({ ...room.people.find((o) => o.userId === p.userId), ...p }))
          .map(whole),
      );
      const me = people.find((p) => p.userId === room.userId);
      return { ...room, people, role: me?.role ?? room.role };
    }
    case "player:joined":
      return change({ online: true, ...(m.name ? { name: m.name } : {}), ...(m.role ? { role: m.role } : {}) });
    case "player:left":
      return change({ online: false });
    default:
      return room;
  }
}

const RANK = ["dm", "player", "spectator"];

/** @param {Partial<Person> & {userId: string}} p @returns {Person} */
const whole = (p) => ({ role: "player", online: true, name: "Somebody", ...p });

/** @param {Person[]} people */
const sorted = (people) =>
  [...people].sort(
    (a, b) =>
      RANK.indexOf(a.role) - RANK.indexOf(b.role) ||
      Number(b.online) - Number(a.online) ||
      a.name.localeCompare(b.name),
  );
