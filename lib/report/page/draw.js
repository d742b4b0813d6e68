/*
 * Runs in the report: draws each chart again where its picture stands, as wide as there is room and with tooltips. A chart that cannot be
 * drawn keeps its picture. Expressions are interpreted rather than compiled, so that the page needs no permission to make code from text.
 */

(() => {
  /** Plots get no narrower than this, in pixels: below it the labels of an axis meet, and the whole chart is scaled down instead. */
  const NARROWEST = 330;

  const specs = JSON.parse(document.getElementById("charts").textContent);
  const boxes = [...document.querySelectorAll("[data-chart]")];
  /** What is known of each box: the width of its picture, the width it was drawn for, and its view. */
  const drawn = new Map(boxes.map((box) => [box, { natural: box.firstElementChild.width.baseVal.value }]));

  /** The chart with a plot as wide as the box has room for, so that its letters keep their size. */
  const fitted = (spec, natural, room) => {
    if (typeof spec.width !== "number") return spec;
    return { ...spec, width: Math.max(NARROWEST, spec.width + Math.floor(room - natural)) };
  };

  const draw = async (box) => {
    const state = drawn.get(box);
    const room = box.clientWidth;
    if (state.room === room || room === 0) return;
    const place = document.createElement("div");
    const { view } = await vegaEmbed(place, fitted(specs[box.dataset.chart], state.natural, room), {
      actions: false,
      ast: true,
      defaultStyle: false,
      renderer: "svg",
      tooltip: { disableDefaultStyle: true, theme: "report" },
      loader: { load: () => Promise.reject(new Error("a report loads nothing")) },
    });
    // The box around the chart says what it is; a second description inside would be read twice.
    for (const name of ["role", "aria-roledescription", "aria-label"]) place.removeAttribute(name);
    place.querySelector("svg").setAttribute("aria-hidden", "true");
    state.view?.finalize();
    Object.assign(state, { view, room });
    box.replaceChildren(place);
    box.dataset.drawn = "true";
  };

  const drawAll = async () => {
    for (const box of boxes) {
      try {
        await draw(box);
      } catch (error) {
        console.error(`chart ${box.dataset.chart} keeps its picture:`, error);
      }
      // The page stays responsive between two charts.
      await new Promise((resolve) => setTimeout(resolve));
    }
    document.documentElement.dataset.charts = "drawn";
  };

  let drawing = drawAll();
  let resized;
  addEventListener("resize", () => {
    clearTimeout(resized);
    resized = setTimeout(() => {
      drawing = drawing.then(drawAll);
    }, 200);
  });
})();
