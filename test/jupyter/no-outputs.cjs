// Loaded into a kernel: the socket of its outputs cannot be bound.
const zeromq = require("zeromq");

zeromq.Publisher = class extends zeromq.Publisher {
  async bind() {
    throw new Error("the address is in use");
  }
};
