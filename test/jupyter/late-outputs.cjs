// Loaded into a kernel: the socket of its outputs is bound half a second after the others, and refuses what is sent before.
const { setTimeout: delay } = require("node:timers/promises");
const zeromq = require("zeromq");

const bound = new WeakSet();

zeromq.Publisher = class extends zeromq.Publisher {
  async bind(address) {
    await delay(500);
    await super.bind(address);
    bound.add(this);
  }

  async send(message) {
    if (!bound.has(this)) throw new Error("sent before it was bound");
    await super.send(message);
  }
};
