// The map to move about in. Without this file the picture in its place stands as the server drew it, and its links lead the same ways.
"use strict";

const frame = document.getElementById("map");
const here = document.getElementById("here");
const MOST_ZOOM = 10;
const LEAST_RADIUS = 5;
const MOST_RADIUS = 24;
const LABELS = 40;
const SHIFTED_FROM = 4.5; // zoom; further out, a name that makes room for a mark would stand in another country
const CELL = 4; // pixels, of the room for words
const LETTER = { label: 7, country: 8.6, settlement: 5.8 };
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

function read(address) {
  return fetch(address, { credentials: "same-origin" }).then((answer) => {
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return answer.json();
  });
}

function points(flat, perDegree) {
  const line = [];
  for (let x = 0, y = 0, i = 0; i < flat.length; i += 2) {
    x += flat[i];
    y += flat[i + 1];
    line.push([y / perDegree, x / perDegree]);
  }
  return line;
}

function counted(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

function radius(stories) {
  return Math.min(MOST_RADIUS, LEAST_RADIUS + 3.4 * Math.sqrt(stories - 1));
}

function bounds(box) {
  return L.latLngBounds([box[1], box[0]], [box[3], box[2]]);
}

class Room {
  // Where no word stands yet, in cells.
  taken = new Set();

  take(x, y, width, height, force = false) {
    const cells = [];
    for (let column = Math.floor((x - width / 2) / CELL); column <= Math.floor((x + width / 2) / CELL); column++)
      for (let row = Math.floor((y - height / 2) / CELL); row <= Math.floor((y + height / 2) / CELL); row++) cells.push(`${column} ${row}`);
    if (!force && cells.some((cell) => this.taken.has(cell))) return false;
    for (const cell of cells) this.taken.add(cell);
    return true;
  }
}

class Live {
  constructor(ground, found, names) {
    Object.assign(this, { found, names, shown: new Map(), words: L.layerGroup(), chosen: frame.dataset.at || null });
    const stage = document.createElement("div");
    stage.className = "map-live";
    frame.append(stage);
    this.map = L.map(stage, {
      attributionControl: false,
      zoomControl: false,
      zoomSnap: 0.25,
      minZoom: 1,
      maxZoom: MOST_ZOOM,
      maxBounds: [[-72, -200], [85, 200]],
      maxBoundsViscosity: 0.8,
      renderer: L.svg({ padding: 0.5 }),
      scrollWheelZoom: false, // until the map is in use: the page scrolls
      zoomAnimation: !calm,
      markerZoomAnimation: !calm,
      fadeAnimation: !calm,
      inertia: !calm,
    });
    this.map.createPane("names").classList.add("map-names");
    this.map.createPane("labels").classList.add("map-names");
    this.draw(ground);
    this.words.addTo(this.map);
    this.map.fitBounds(bounds(frame.dataset.box.split(",").map(Number)), { animate: false });
    this.controls();
    this.map.on("moveend", () => this.refresh());
    this.map.on("focus click dragstart", () => this.map.scrollWheelZoom.enable());
    this.map.on("blur mouseout", () => this.map.scrollWheelZoom.disable());
    this.map.on("moveend", () => this.remember());
    for (const old of frame.querySelectorAll(".map-picture, .map-zoom")) old.remove();
    stage.setAttribute("role", "region");
    stage.setAttribute("aria-label", "Map: arrow keys move it, plus and minus look nearer and further; Tab goes through the marks");
    this.refresh();
    for (const link of document.querySelectorAll("[data-place]")) {
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        event.preventDefault();
        this.choose(link.dataset.place, true);
      });
    }
  }

  draw(ground) {
    const still = { interactive: false, smoothFactor: 1.3 };
    const lines = (all) => all.map((line) => points(line, ground.per_degree));
    L.polygon(ground.land.map(lines), { ...still, className: "land" }).addTo(this.map);
    L.polyline(lines(ground.borders), { ...still, className: "border" }).addTo(this.map);
    L.polyline(lines(ground.disputed), { ...still, className: "disputed" }).addTo(this.map);
  }

  controls() {
    L.control.zoom({ zoomInTitle: "Look nearer", zoomOutTitle: "Look from further away" }).addTo(this.map);
    const all = L.control({ position: "topleft" });
    all.onAdd = () => {
      const bar = L.DomUtil.create("div", "leaflet-bar");
      const button = L.DomUtil.create("a", "map-all", bar);
      Object.assign(button, { href: "#map", role: "button", title: "All that is found" });
      button.setAttribute("aria-label", button.title);
      button.textContent = "⤢";
      L.DomEvent.on(button, "click", (event) => {
        L.DomEvent.stop(event);
        this.go(bounds(this.found.box));
      });
      return bar;
    };
    all.addTo(this.map);
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(this.map);
  }

  go(box, least = 0) {
    const zoom = Math.min(MOST_ZOOM, Math.max(this.map.getBoundsZoom(box), least));
    this.map.setView(box.getCenter(), zoom, { animate: !calm });
  }

  // What is to be seen at this zoom and in this part of the world.
  wanted() {
    const level = Math.round(this.map.getZoom());
    const near = this.map.getBounds().pad(0.2);
    const all = new Map();
    for (const cluster of this.found.clusters) {
      const place = this.found.places[cluster.at];
      if (cluster.first <= level && level <= cluster.last && near.contains([place.lat, place.lon]))
        all.set(`cluster ${cluster.at} ${cluster.last}`, { place, cluster, stories: cluster.stories });
    }
    for (const place of this.found.places)
      if (place.first <= level && near.contains([place.lat, place.lon])) all.set(`place ${place.id}`, { place, stories: place.stories });
    return all;
  }

  refresh() {
    const wanted = this.wanted();
    for (const [key, layers] of this.shown) {
      if (!wanted.has(key) && !key.startsWith("plate")) {
        for (const layer of layers) layer.remove();
        this.shown.delete(key);
      }
    }
    for (const [key, one] of wanted) if (!this.shown.has(key)) this.shown.set(key, this.mark(one));
    this.write([...wanted.values()].sort((a, b) => b.stories - a.stories));
    this.point();
  }

  mark({ place, cluster, stories }) {
    const kind = cluster ? "cluster" : ["district", "region", "area", "water"].includes(place.kind) ? "within" : place.approximate ? "approximate" : "exact";
    const size = radius(stories);
    const inside = document.createElement("span");
    inside.textContent = stories > 1 ? stories : "";
    const icon = L.divIcon({ className: `map-mark ${kind}`, html: inside, iconSize: [2 * size, 2 * size] });
    const layers = [];
    if (!cluster && place.extent_km)
      layers.push(L.circle([place.lat, place.lon], { radius: place.extent_km * 1000, className: "extent", interactive: false }).addTo(this.map));
    const marker = L.marker([place.lat, place.lon], { icon, riseOnHover: true, zIndexOffset: cluster ? 0 : 500 }).addTo(this.map);
    const told = counted(stories, "story", "stories");
    const uncertain = kind === "within" ? ", somewhere within" : kind === "approximate" ? ", position approximate" : "";
    this.name(marker, cluster ? `${place.name} and ${cluster.places - 1} more: ${told}. Look nearer` : `${place.name}${uncertain}: ${told}`);
    if (cluster) this.act(marker, "", () => this.nearer(cluster));
    else this.act(marker, place.id, () => this.choose(place.id));
    return [...layers, marker];
  }

  plate(country, at, width) {
    const inside = document.createElement("span");
    inside.textContent = `${country.name} `;
    const number = document.createElement("b");
    number.textContent = country.stories;
    inside.append(number);
    const icon = L.divIcon({ className: "map-plate", html: inside, iconSize: [width, 22] });
    const marker = L.marker(at, { icon, zIndexOffset: -500 }).addTo(this.map);
    this.name(marker, `${country.name} as a whole: ${counted(country.stories, "story", "stories")}`);
    this.act(marker, country.id, () => this.choose(country.id));
    return [marker];
  }

  // What a mark does, by mouse and by keys alike.
  act(marker, id, what) {
    const element = marker.getElement();
    element.dataset.mark = id;
    marker.on("click", what);
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      what();
    });
  }

  nearer(cluster) {
    this.go(bounds(cluster.box), cluster.last + 1);
    this.map.getContainer().focus({ preventScroll: true }); // the cluster goes, and with it its focus
  }

  name(marker, text) {
    const element = marker.getElement();
    element.setAttribute("aria-label", text);
    element.title = text;
  }

  // Names where there is room: of countries that are meant as a whole, of marks, of countries and towns.
  write(marks) {
    const room = new Room();
    const size = this.map.getSize();
    const view = this.map.getBounds();
    const level = Math.round(this.map.getZoom());
    this.words.clearLayers();
    for (const key of [...this.shown.keys()].filter((key) => key.startsWith("plate"))) {
      for (const layer of this.shown.get(key)) layer.remove();
      this.shown.delete(key);
    }
    for (const { place, stories } of marks) {
      const at = this.map.latLngToContainerPoint([place.lat, place.lon]);
      room.take(at.x, at.y, 2 * radius(stories), 2 * radius(stories), true);
    }
    room.take(26, 60, 52, 120, true); // the buttons
    const said = new Set();
    for (const country of this.found.countries) {
      said.add(country.name);
      if (!view.contains([country.lat, country.lon])) continue;
      const at = this.map.latLngToContainerPoint([country.lat, country.lon]);
      const width = (country.name.length + String(country.stories).length) * 7 + 26;
      const dy = (this.map.getZoom() >= SHIFTED_FROM ? [0, 26, -26] : [0]).find((step) => room.take(at.x, at.y + step, width, 21));
      if (dy !== undefined) this.shown.set(`plate ${country.id}`, this.plate(country, this.map.containerPointToLatLng(at.add([0, dy])), width));
    }
    const word = (text, kind, at, offset = [0, 0], more = "") => {
      const inside = document.createElement("span");
      inside.textContent = text;
      if (more) inside.append(Object.assign(document.createElement("small"), { textContent: more }));
      const icon = L.divIcon({ className: `map-word ${kind}`, html: inside, iconSize: [0, 0], iconAnchor: [-offset[0], -offset[1]] });
      this.words.addLayer(L.marker(at, { icon, interactive: false, keyboard: false, pane: kind.startsWith("label") ? "labels" : "names" }));
    };
    for (const { place, cluster, stories } of marks.slice(0, LABELS)) {
      said.add(place.name);
      const more = cluster ? ` +${cluster.places - 1}` : "";
      const width = (place.name.length + more.length) * LETTER.label;
      const away = radius(stories) + 7;
      const at = this.map.latLngToContainerPoint([place.lat, place.lon]);
      const side = [1, -1].find((way) => {
        const end = at.x + way * (away + width);
        return end > 0 && end < size.x && room.take(at.x + way * (away + width / 2), at.y, width, 13);
      });
      if (side) word(place.name, side > 0 ? "label" : "label left", [place.lat, place.lon], [side * away, 0], more);
    }
    for (const [text, kind, lat, lon, first] of this.names) {
      if (first > level) break; // they come in this order
      if (said.has(text) || !view.contains([lat, lon])) continue;
      const at = this.map.latLngToContainerPoint([lat, lon]);
      const width = text.length * LETTER[kind];
      const x = kind === "country" ? at.x : at.x + width / 2 + 4;
      if (x - width / 2 > 2 && x + width / 2 < size.x - 2 && room.take(x, at.y, width + 8, 13)) word(text, kind, [lat, lon]);
    }
  }

  // Which mark and which line of the list is the chosen one.
  point() {
    for (const element of document.querySelectorAll("[data-mark], [data-place]")) {
      const on = this.chosen && (element.dataset.mark || element.dataset.place) === this.chosen;
      if (on) element.setAttribute("aria-current", "true");
      else element.removeAttribute("aria-current");
    }
  }

  // The place with a mark of its own, if it has none in the view.
  show(place) {
    const at = [place.lat, place.lon];
    const least = place.first ?? 1;
    if (Math.round(this.map.getZoom()) < least || !this.map.getBounds().pad(-0.1).contains(at))
      this.map.setView(at, Math.max(this.map.getZoom(), least), { animate: !calm });
  }

  async choose(id, go = false) {
    this.chosen = id;
    this.point();
    this.remember();
    const place = [...this.found.places, ...this.found.countries].find((one) => one.id === id);
    if (go && place) this.show(place);
    here.setAttribute("aria-busy", "true");
    const query = new URLSearchParams({ q: frame.dataset.query });
    const answer = await fetch(`/map/place/${encodeURIComponent(id)}?${query}`, { credentials: "same-origin" });
    const text = await answer.text();
    here.removeAttribute("aria-busy");
    if (this.chosen !== id) return; // another one was chosen meanwhile
    if (answer.ok) here.innerHTML = text; // a piece of a page, escaped by the server
    else here.textContent = `The stories could not be read (${answer.status}).`;
    here.focus({ preventScroll: true });
    here.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  }

  // The address says what is shown, so that it can be sent to somebody.
  remember() {
    const address = new URL(location.href);
    const box = this.map.getBounds();
    const edges = [Math.max(-180, box.getWest()), Math.max(-85, box.getSouth()), Math.min(180, box.getEast()), Math.min(85, box.getNorth())];
    address.searchParams.set("box", edges.map((edge) => edge.toFixed(2)).join(","));
    if (this.chosen) address.searchParams.set("at", this.chosen);
    address.hash = "";
    history.replaceState(null, "", address.href.replaceAll("%2C", ",").replaceAll("%3A", ":"));
  }
}

if (frame && window.L && frame.querySelector(".map-picture")) {
  Promise.all([read(frame.dataset.ground), read(frame.dataset.places), read(frame.dataset.names)]).then(
    ([ground, found, names]) => new Live(ground, found, names),
    (error) => {
      const note = document.createElement("p");
      note.className = "note";
      note.setAttribute("role", "status");
      note.textContent = `This is a picture: the map to move about in could not be read (${error.message}).`;
      frame.after(note);
    },
  );
}
