"""What people and their programs see of the profiles, and how they decide: JSON routes and a page."""
