/** Says below a list that scrolls how many of its lines are further down. */
function countBelow(list) {
  const said = text("p", "", "more quiet");
  list.after(said);

  function count() {
    const end = list.getBoundingClientRect().bottom;
    const below = [...list.children].filter((e) => e.getBoundingClientRect().bottom > end + 1);
    said.textContent = below.length > 0 ? `${below.length} more below` : "";
    said.classList.toggle("cut", list.scrollHeight > list.clientHeight + 1);
  }

  list.addEventListener("scroll", count);
  new ResizeObserver(count).observe(list);
  return { draw: count };
}
