"""What is drawn: the window, places and sizes, pages and trials, and the levels of the screen."""
